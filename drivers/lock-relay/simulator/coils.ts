import type { JsonObject } from '../../kit/index.ts';

/** Changes that are kept; older ones are only counted. */
const CHANGES_KEPT = 10_000;

interface CoilChange extends JsonObject {
  readonly sequence: number;
  readonly channel: number;
  readonly on: boolean;
  /** Monotonic milliseconds of this process. */
  readonly at_ms: number;
}

/** The coils of a board, with a record of every time that one moved: how long a door was open is measured here. */
export interface Coils {
  readonly count: number;
  isOn(channel: number): boolean;
  /** Channels that there are not, and those that are stuck, do not move. */
  set(channel: number, on: boolean): void;
  states(): readonly boolean[];
  stick(channels: readonly number[]): void;
  changes(): readonly CoilChange[];
  changeCount(): number;
}

export function createCoils(count: number, on: readonly number[], nowMs: () => number): Coils {
  const states = Array.from({ length: count }, (_, index) => on.includes(index + 1));
  const changes: CoilChange[] = [];
  let sequence = 0;
  let stuck: readonly number[] = [];
  const isOn = (channel: number) => states[channel - 1] === true;
  return {
    count,
    isOn,
    set(channel, next) {
      if (channel < 1 || channel > count || stuck.includes(channel) || isOn(channel) === next) return;
      states[channel - 1] = next;
      sequence += 1;
      changes.push({ sequence, channel, on: next, at_ms: nowMs() });
      if (changes.length > CHANGES_KEPT) changes.shift();
    },
    states: () => [...states],
    stick(channels) {
      stuck = channels;
    },
    changes: () => changes.map((change) => ({ ...change })),
    changeCount: () => sequence,
  };
}
