/** Who wants what comes over a line without being asked for. */
export interface UnaskedListener {
  receive(bytes: Uint8Array): void;
  /** This many bytes came before anybody listened, after all those that are given, and there was no room for them. */
  missed(bytes: number): void;
}

/** What comes over a line without being asked for, from its opening on. */
export interface UnaskedBytes {
  push(bytes: Uint8Array): void;
  /** Gives what came since the line was opened, then all that comes. Null: nobody listens any more. */
  listen(listener: UnaskedListener | null): void;
}

/** Kept until somebody listens: a burst that begins while the port is still being prepared. */
const KEPT_BYTES = 65_536;

/** For one opening of a port. */
export function createUnaskedBytes(): UnaskedBytes {
  let early: Uint8Array[] = [];
  let earlyBytes = 0;
  let missedBytes = 0;
  let listener: UnaskedListener | null = null;
  return {
    push(bytes) {
      if (listener !== null) listener.receive(bytes);
      else if (missedBytes > 0 || earlyBytes + bytes.length > KEPT_BYTES) missedBytes += bytes.length;
      else {
        early.push(bytes);
        earlyBytes += bytes.length;
      }
    },
    listen(next) {
      listener = next;
      if (next === null) return;
      const [kept, missed] = [early, missedBytes];
      early = [];
      earlyBytes = 0;
      missedBytes = 0;
      for (const bytes of kept) next.receive(bytes);
      if (missed > 0) next.missed(missed);
    },
  };
}
