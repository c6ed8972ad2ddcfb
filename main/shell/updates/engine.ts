/** What fetches a newer version and puts it in place; behind it is electron-updater (main/shell/desktop). */
export interface UpdateEngine {
  /**
   * The newest version that is offered, or null when this is it. Rejects when the feed can't be read, or when what it offers is
   * not signed by the key of this build.
   */
  look(): Promise<string | null>;
  /** Fetches what was offered and holds it to its SHA-512. */
  fetch(onPercent: (percent: number) => void, signal: AbortSignal): Promise<void>;
  /** Puts it in place and has it started; the program ends right after. Throws when it could not. */
  install(): void;
  /** Whether the version before is kept and can be put back. */
  keepsFormer(): boolean;
  /** Puts the version before back in place and has it started, as {@link UpdateEngine.install}. */
  putBack(): void;
}
