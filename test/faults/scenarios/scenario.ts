/** One fault, broken into a real agent. */
export interface Scenario {
  readonly name: string;
  /** What has to hold, for people. */
  readonly promise: string;
  /** Why it can't run on this machine, or null. */
  readonly obstacle: () => string | null;
  /** Rejects with what did not hold. */
  readonly run: () => Promise<void>;
}
