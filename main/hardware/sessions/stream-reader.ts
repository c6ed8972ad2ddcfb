import { AgentError, type Decoded, type Stream, type StreamDecoder } from '../../../drivers/kit/index.ts';
import type { DeviceEvent, StreamEntry } from '../device-side.ts';
import type { Clock } from './clock.ts';
import type { UnaskedBytes } from './unasked-bytes.ts';

/** An entry with its place and time. */
export type NumberedEntry = Pick<Extract<DeviceEvent, { readonly type: 'stream' }>, 'sequence' | 'at' | 'entry'>;

/** Makes entries of what one binding's device sends by itself, over every opening of its port. */
export interface StreamReader {
  /** The port was opened: all that has come since, and all that comes. */
  opened(unasked: UnaskedBytes): void;
  /** The port is gone; what was half there is told as a gap. Idempotent. */
  lost(): void;
  /** Listens no more, and tells nothing more. Idempotent. */
  close(): void;
}

/** Unreadable bytes are added up and told as one gap, at the latest this long after the first. */
const UNREADABLE_TOLD_MS = 1_000;
/** So many such gaps in a row, with nothing readable in between, are no stray noise. */
const FAULT_AFTER = 3;

/** One opening of the port. */
interface Hearing {
  readonly unasked: UnaskedBytes;
  readonly decoder: StreamDecoder;
}

/** `onFault` is told when only unreadable bytes keep coming. */
export function createStreamReader(parts: {
  readonly stream: Stream;
  readonly clock: Clock;
  readonly deviceName: () => string;
  readonly onEntry: (entry: NumberedEntry) => void;
  readonly onFault: (error: AgentError) => void;
}): StreamReader {
  const { stream, clock, onEntry, onFault } = parts;
  let hearing: Hearing | null = null;
  let sequence = 0;
  /** When the port was lost; null: it was never open. */
  let lostAt: string | null = null;
  let unreadable: { readonly since: string; bytes: number; seen: string; readonly cancel: () => void } | null = null;
  let unreadableGaps = 0;
  let lastChunkMs = 0;
  let cancelIdle: (() => void) | null = null;

  const tell = (entry: StreamEntry) => {
    sequence += 1;
    onEntry({ sequence, at: clock.wallTime(), entry });
  };

  const tellUnreadable = () => {
    if (unreadable === null) return;
    const { since, bytes, cancel } = unreadable;
    cancel();
    unreadable = null;
    tell({ kind: 'gap', reason: 'unreadable', since, bytes });
  };

  const noteUnreadable = (bytes: number, seen: string) => {
    if (unreadable === null) {
      const cancel = clock.after(UNREADABLE_TOLD_MS, () => {
        const shown = unreadable?.seen ?? '';
        tellUnreadable();
        unreadableGaps += 1;
        if (unreadableGaps === FAULT_AFTER) onFault(onlyNoise(parts.deviceName(), stream, shown));
      });
      unreadable = { since: clock.wallTime(), bytes: 0, seen, cancel };
    }
    unreadable.bytes += bytes;
  };

  const take = (decoded: readonly Decoded[]) => {
    for (const one of decoded) {
      if (one.kind === 'unreadable') noteUnreadable(one.bytes, one.seen);
      else {
        tellUnreadable();
        unreadableGaps = 0;
        tell({ kind: 'item', item: one.item });
      }
    }
  };

  const waitForIdle = (delayMs: number) => {
    cancelIdle = clock.after(delayMs, () => {
      const leftMs = lastChunkMs + stream.idleMs - clock.nowMs();
      if (leftMs > 0) {
        waitForIdle(Math.ceil(leftMs));
        return;
      }
      const before = lastChunkMs;
      // The rest may be here already, and only we are late.
      clock.afterPoll(() => {
        if (hearing === null || cancelIdle === null) return;
        if (lastChunkMs !== before) {
          waitForIdle(stream.idleMs);
          return;
        }
        cancelIdle = null;
        take(hearing.decoder.idle(clock.nowMs()));
      });
    });
  };

  const stop = () => {
    cancelIdle?.();
    cancelIdle = null;
    hearing?.unasked.listen(null);
    hearing = null;
  };

  return {
    opened(unasked) {
      stop();
      const decoder = stream.decoder();
      hearing = { unasked, decoder };
      tell({ kind: 'gap', reason: 'not_listening', since: lostAt, bytes: null });
      unasked.listen({
        receive(bytes) {
          lastChunkMs = clock.nowMs();
          if (cancelIdle === null) waitForIdle(stream.idleMs);
          take(decoder.push(bytes, lastChunkMs));
        },
        missed: (bytes) => tell({ kind: 'gap', reason: 'unreadable', since: null, bytes }),
      });
    },
    lost() {
      if (hearing === null) return;
      const half = hearing.decoder.pending();
      stop();
      lostAt = clock.wallTime();
      tellUnreadable();
      if (half > 0) tell({ kind: 'gap', reason: 'cut_off', since: lostAt, bytes: half });
    },
    close() {
      stop();
      unreadable?.cancel();
      unreadable = null;
    },
  };
}

function onlyNoise(deviceName: string, { item, personal }: Stream, seen: string): AgentError {
  const expected = `${Object.keys(item.shape).slice(0, 3).join(', ')} ...`;
  return new AgentError('bad_reply', `${deviceName} sends bytes that can't be read.`, {
    hint: 'Check speed and format, how the device ends what it sends, and that it is the model of this listing.',
    details: { device: deviceName, expected, ...(personal ? {} : { seen }) },
  });
}
