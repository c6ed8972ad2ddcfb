/** One fault, broken into a real agent. */
export interface Scenario {
  readonly name: string;
  /** What has to hold, for people. */
  readonly promise: string;
  /** Why it can't run on this machine, or null. */
  readonly obstacle: () => string | null;
  /** Rejects with what did not hold. `brief`: each kind of damage once, for every day. */
  readonly run: (options: { readonly brief: boolean }) => Promise<void>;
}
