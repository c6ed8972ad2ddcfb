import type { WireFrame } from '../../hardware/index.ts';

/** What the log itself has to say between the frames. */
export interface WireLogNote {
  readonly direction: 'note';
  readonly at: string;
  readonly code: 'recording_started' | 'recording_stopped' | 'gap';
  readonly text: string;
  readonly call: null;
  /** Of a gap: what is missing here; null where that can't be known. */
  readonly lost?: { readonly lines: number; readonly bytes: number } | null;
}

/** One line of the log. */
export type WireEntry = WireFrame | WireLogNote;

/** Whether a wire is being recorded. */
export interface WireRecording {
  readonly on: boolean;
  /** Since when; null while it is off. */
  readonly since: string | null;
  /** When it ends by itself; null: it does not, or it is off. */
  readonly until: string | null;
  /** What the configuration allows. */
  readonly mode: WireRetention['record'];
}

/** A part of a connector's log. */
export interface WirePage {
  readonly recording: WireRecording;
  /** Oldest first. Where something is missing a `gap` stands in its place. */
  readonly entries: readonly WireEntry[];
  /** Behind the last of them. */
  readonly cursor: string;
  /** There are more already. */
  readonly more: boolean;
}

/** What may be kept of what goes over wires, in memory only. */
export interface WireRetention {
  /** `on_request`: from when a person asks for it. */
  readonly record: 'on_request' | 'always' | 'never';
  /** Kibibytes of each connector, oldest given up first. */
  readonly keep_kib: number;
  readonly keep_minutes: number;
}
