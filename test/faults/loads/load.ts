import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { DemoDevice } from '../../../main/agent/demo/demo-devices.table.ts';

/** One side effect to ask for. */
export interface Ask {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** What the device receives when it is sent; no other ask of the same trial at that device has the same. */
  readonly mark: string;
}

/** One harmful frame that a simulated device received. */
export interface Received {
  /** Grows by one with each. */
  readonly sequence: number;
  readonly mark: string;
  /** Whether the device carried it out. */
  readonly done: boolean;
}

/** A read that goes on beside the side effects. */
export interface Reading {
  readonly tool: string;
  /** What is wrong with an answer, or null. */
  readonly problem: (output: JsonObject) => string | null;
}

/** One kind of load: a simulated device, what is asked of it, and what it says it has received. */
export interface Load {
  readonly name: string;
  readonly device: DemoDevice;
  /** Name of the connector that the asks go to. */
  readonly connector: string;
  /** What is asked in one trial, at random. */
  readonly asks: (random: () => number) => readonly Ask[];
  readonly readings: readonly Reading[];
  /** Every harmful frame since the device was switched on, oldest first, out of its `state()`. */
  readonly received: (state: JsonObject) => readonly Received[];
  /** Whether somebody in front of the device would see what was asked for. */
  readonly shows: (state: JsonObject, ask: Ask) => boolean;
  /** What a person does at the device before a trial. */
  readonly change?: (random: () => number) => JsonObject;
}

/** One of `items` at random. */
export function pick<T>(random: () => number, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** `items` in random order. */
export function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}
