import { AgentError, type JsonObject } from '../kit/index.ts';

/** The four bytes that `DLE EOT 1` to `4` are answered with, bit by bit. */
export interface PrinterStatus {
  readonly online: boolean;
  readonly coverOpen: boolean;
  readonly paper: 'ok' | 'near_end' | 'out';
  /** The paper is fed by its button. */
  readonly feeding: boolean;
  readonly cutterError: boolean;
  /** A mechanical error that goes away when its cause is removed. */
  readonly recoverableError: boolean;
  readonly unrecoverableError: boolean;
  /** The head is too hot, and works again when it has cooled. */
  readonly overheated: boolean;
  readonly waitingForRecovery: boolean;
  readonly drawerPin: 'high' | 'low';
}

/** The answers to `DLE EOT 1`, `2`, `3` and `4`. */
export type StatusBytes = readonly [printer: number, offlineCause: number, error: number, paper: number];

const bit = (byte: number, index: number) => (byte & (1 << index)) !== 0;

/** Reads the bytes (Epson ESC/POS reference, DLE EOT). */
export function decodeStatus([printer, offlineCause, error, paper]: StatusBytes): PrinterStatus {
  return {
    online: !bit(printer, 3),
    waitingForRecovery: bit(printer, 5),
    drawerPin: bit(printer, 2) ? 'high' : 'low',
    coverOpen: bit(offlineCause, 2),
    feeding: bit(offlineCause, 3) || bit(printer, 6),
    paper: paperOf(bit(paper, 5) || bit(paper, 6) || bit(offlineCause, 5), bit(paper, 2) || bit(paper, 3)),
    recoverableError: bit(error, 2),
    cutterError: bit(error, 3),
    unrecoverableError: bit(error, 5),
    overheated: bit(error, 6),
  };
}

/** The bits of `GS r 1`: 0 and 1 near end, 2 and 3 end. */
export function decodePaper(byte: number): PrinterStatus['paper'] {
  return paperOf((byte & 0x0c) !== 0, (byte & 0x03) !== 0);
}

function paperOf(out: boolean, nearEnd: boolean): PrinterStatus['paper'] {
  return out ? 'out' : nearEnd ? 'near_end' : 'ok';
}

/** What keeps it from printing, worst first; empty when nothing does. */
export function problemsOf(status: PrinterStatus): readonly string[] {
  const found: readonly (readonly [boolean, string])[] = [
    [status.unrecoverableError, 'it has a fault that only switching it off and on, or a repair, removes'],
    [status.cutterError, 'its cutter is jammed'],
    [status.coverOpen, 'its cover is open'],
    [status.paper === 'out', 'its paper is out'],
    [status.overheated, 'its head is too hot'],
    [status.recoverableError, 'it has a mechanical error'],
    [status.feeding, 'paper is being fed by hand'],
  ];
  const problems = found.flatMap(([holds, problem]) => (holds ? [problem] : []));
  return problems.length === 0 && !status.online ? ['it is offline'] : problems;
}

/** Throws `device_not_ready`, saying what is wrong, unless it could print now. */
export function requireReady(status: PrinterStatus, what: string): void {
  const problems = problemsOf(status);
  if (problems.length === 0) return;
  throw new AgentError('device_not_ready', `The printer can't ${what} now: ${problems.join(', ')}.`, {
    hint: `${hintFor(status)} Nothing was sent.`,
    details: { expected: 'online, closed, with paper', seen: problems.join(', '), status: statusObject(status) },
  });
}

function hintFor(status: PrinterStatus): string {
  if (status.unrecoverableError) return 'Switch it off and on; if that does not help it needs a repair.';
  if (status.cutterError) return 'Open the cover, free the blade, and close it again.';
  if (status.coverOpen) return 'Close the cover.';
  if (status.paper === 'out') return 'Put in a new roll and close the cover.';
  if (status.overheated) return 'Let it cool down; it goes on by itself.';
  return 'Look at the printer, and ask again when it is ready.';
}

/** As data, for results and witnesses. */
export function statusObject(status: PrinterStatus): JsonObject {
  return { ...status };
}
