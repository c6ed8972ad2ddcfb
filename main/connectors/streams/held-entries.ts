import type { StreamEntry } from './stream-entry.ts';

/** An entry as it is held in memory and stored: its body as text, whose size is known. */
export interface HeldEntry extends Omit<StreamEntry, 'body'> {
  readonly text: string;
}

/** The newest entries of one connector: those that wait for the disk, and a few that are on it, for readers that follow closely. */
export interface HeldEntries {
  /** The newest; the oldest that wait are given up when too many do. */
  add(entry: StreamEntry, options: { readonly waits: boolean }): void;
  /** Those that wait, oldest first: at most this much of them, but one at least. */
  next(mostBytes: number): readonly HeldEntry[];
  hasWaiting(): boolean;
  /** What those that wait take. */
  waitingBytes(): number;
  /** Up to this one they are on disk. */
  stored(seq: number): void;
  /** The oldest quarter of those that wait is held no more. */
  giveUpSome(): void;
  /** All behind `seq`, oldest first; null: there may be more than are held. */
  behind(seq: number): readonly HeldEntry[] | null;
  waiting(): readonly HeldEntry[];
  all(): readonly HeldEntry[];
  /** Lets go of what is older than this instant and does not wait. */
  expire(before: string): void;
}

/** So many are held though they are on disk, and in so much room; the newest is held always. */
const FOLLOWED = 256;
const FOLLOWED_BYTES = 131_072;
/** So many wait at most. */
const MOST_WAITING = 5_000;
/** What an entry takes beside its text, about. */
const ENTRY_BYTES = 200;

/** About what an entry takes in memory; twice that where its text is not Latin-1. */
export function heldBytes({ text }: HeldEntry): number {
  return text.length + ENTRY_BYTES;
}

export function createHeldEntries(): HeldEntries {
  /** Everything behind the first of these is among them. */
  let held: HeldEntry[] = [];
  let bytes = 0;
  /** The last so many of them wait. */
  let waiting = 0;
  let waitingBytes = 0;

  const theWaiting = () => held.slice(held.length - waiting);
  const waitFor = (count: number) => {
    waiting = count;
    waitingBytes = bytesOf(theWaiting());
  };
  const letGo = (count: number) => {
    bytes -= bytesOf(held.splice(0, count));
  };
  const trim = () => {
    let count = 0;
    let left = bytes;
    for (const entry of held) {
      const rest = held.length - count;
      if (rest <= Math.max(waiting, 1) || (rest <= FOLLOWED && left <= FOLLOWED_BYTES)) break;
      left -= heldBytes(entry);
      count += 1;
    }
    if (count > 0) letGo(count);
  };
  const giveUp = (count: number) => {
    waitFor(waiting - count);
    letGo(held.length - waiting);
  };

  return {
    add({ body, ...entry }, { waits }) {
      const added = { ...entry, text: JSON.stringify(body) };
      held.push(added);
      bytes += heldBytes(added);
      if (waits) {
        waiting += 1;
        waitingBytes += heldBytes(added);
        if (waiting > MOST_WAITING) giveUp(MOST_WAITING / 4);
      }
      trim();
    },
    next(mostBytes) {
      const taken: HeldEntry[] = [];
      let takenBytes = 0;
      for (const entry of theWaiting()) {
        takenBytes += heldBytes(entry);
        if (taken.length > 0 && takenBytes > mostBytes) break;
        taken.push(entry);
      }
      return taken;
    },
    hasWaiting: () => waiting > 0,
    waitingBytes: () => waitingBytes,
    stored(seq) {
      waitFor(theWaiting().filter((entry) => entry.seq > seq).length);
      trim();
    },
    giveUpSome: () => giveUp(Math.ceil(waiting / 4)),
    behind(seq) {
      const [first] = held;
      if (first === undefined || seq < first.seq - 1) return null;
      return held.filter((entry) => entry.seq > seq);
    },
    waiting: theWaiting,
    all: () => held,
    expire(before) {
      const firstWaiting = held.length - waiting;
      held = held.filter(({ at }, index) => at >= before || index >= firstWaiting);
      bytes = bytesOf(held);
    },
  };
}

function bytesOf(entries: readonly HeldEntry[]): number {
  return entries.reduce((sum, entry) => sum + heldBytes(entry), 0);
}

/** The entry that is held so. */
export function toEntry({ text, ...entry }: HeldEntry): StreamEntry {
  const body: StreamEntry['body'] = JSON.parse(text);
  return { ...entry, body };
}
