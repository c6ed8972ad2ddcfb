import type { PrinterChange, SimulatorOptions } from './options.ts';

/** What a person could see and touch, and what the status bytes say of it. */
export interface Mechanics {
  readonly state: () => MechanicsState;
  change(change: PrinterChange): void;
  /** Whether it can print the next line. */
  canPrint(): boolean;
  /** The paper moved by so many lines. */
  consumeLines(count: number): void;
  /** A pulse reached the drawer. */
  pulse(): void;
  /** The answer to `DLE EOT n`. */
  statusByte(n: number): number;
  /** The four bytes of the automatic status. */
  automaticStatus(): Uint8Array;
  /** The answer to `GS r 1`. */
  paperByte(): number;
}

interface MechanicsState {
  cover: 'open' | 'closed';
  paper: 'ok' | 'near_end' | 'out';
  cutter: 'ok' | 'jammed';
  online: boolean;
  overheated: boolean;
  drawer: 'open' | 'closed';
  drawer_stuck: boolean;
  lines_left: number | null;
}

/** In working order. */
export function createMechanics(options: SimulatorOptions): Mechanics {
  const state: MechanicsState = {
    cover: 'closed',
    paper: 'ok',
    cutter: 'ok',
    online: true,
    overheated: false,
    drawer: 'closed',
    drawer_stuck: false,
    lines_left: null,
  };
  const canPrint = () =>
    state.cover === 'closed' && state.paper !== 'out' && state.cutter === 'ok' && state.online && !state.overheated;
  const pinHigh = () => (state.drawer === 'open') === (options.drawer_open_level === 'high');
  const flags = (...set: readonly (readonly [boolean, number])[]) =>
    set.reduce((byte, [holds, bit]) => (holds ? byte | (1 << bit) : byte), 0);
  const offline = () => !canPrint();
  const out = () => state.paper === 'out';
  const low = () => state.paper !== 'ok';
  const jammed = () => state.cutter === 'jammed';

  return {
    state: () => ({ ...state }),
    change({ power_cycle: _power, ...change }) {
      Object.assign(state, change);
      if (state.lines_left === 0) state.paper = 'out';
    },
    canPrint,
    consumeLines(count) {
      if (state.lines_left === null) return;
      state.lines_left = Math.max(0, state.lines_left - count);
      if (state.lines_left === 0) state.paper = 'out';
    },
    pulse() {
      if (!state.drawer_stuck) state.drawer = 'open';
    },
    statusByte(n) {
      const fixed = 0x12;
      if (n === 1) return fixed | flags([pinHigh(), 2], [offline(), 3]);
      if (n === 2) return fixed | flags([state.cover === 'open', 2], [out(), 5], [jammed() || state.overheated, 6]);
      if (n === 3) return fixed | flags([jammed(), 3], [state.overheated, 6]);
      return fixed | flags([low(), 2], [low(), 3], [out(), 5], [out(), 6]);
    },
    automaticStatus: () =>
      Uint8Array.of(
        0x10 | flags([pinHigh(), 2], [offline(), 3], [state.cover === 'open', 5]),
        flags([jammed(), 3], [state.overheated, 6]),
        flags([low(), 0], [low(), 1], [out(), 2], [out(), 3]),
        0x0f,
      ),
    paperByte: () => flags([low(), 0], [low(), 1], [out(), 2], [out(), 3]),
  };
}
