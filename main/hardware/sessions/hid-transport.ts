import {
  decodeHidFrame,
  encodeHidFrame,
  type HidFrame,
  parseReportDescriptor,
  recalledFrame,
} from '../../../drivers/kit/hid/index.ts';
import { AgentError } from '../../../drivers/kit/index.ts';
import { withinCloseDeadline } from './close-deadline.ts';
import { hidFailure, hidOpenError } from './hid-errors.ts';
import { type HidHandle, openHidHandle } from './hid-handle.ts';
import { unplugged } from './open-errors.ts';
import type { Transport } from './transport.ts';

/**
 * What comes this soon after opening may have lain ready in the device since anyone last listened: it is not known how old
 * it is, so that it is dropped.
 */
const STALE_MS = 100;

/** What a HID transport needs from around it; others than the system's own only in tests. */
export interface HidTransportParts {
  readonly open: (path: string) => Promise<HidHandle>;
  /** Monotonic, in milliseconds. */
  readonly nowMs: () => number;
}

const systemParts: HidTransportParts = { open: openHidHandle, nowMs: () => performance.now() };

/**
 * Opens a HID interface and reads it from then on, so that an unplug is seen. What is written and what arrives are frames
 * of the HID link (`drivers/kit/hid/frames.ts`). A write resolves when the device has answered the transfer; then its
 * answer is given on. `descriptor` tells whether reports are numbered; without one they are taken to be.
 *
 * Rejects with `permission_denied`, `port_busy`, `device_unplugged`, `not_supported`.
 */
export async function openHidTransport(
  path: string,
  descriptor: Uint8Array | null,
  parts: HidTransportParts = systemParts,
): Promise<Transport> {
  let handle: HidHandle;
  try {
    handle = await parts.open(path);
  } catch (cause) {
    throw hidOpenError(path, cause);
  }
  const transport = serve(path, handle, numbersReports(descriptor), parts.nowMs);
  // node-hid begins to read a tick after the first listener; closed before that, it throws where nobody can catch it.
  await new Promise((resolve) => setImmediate(resolve));
  return transport;
}

function serve(path: string, handle: HidHandle, isNumbered: boolean, nowMs: () => number): Transport {
  const openedAtMs = nowMs();
  const heard = new Map<number, { readonly data: Uint8Array; readonly atMs: number }>();
  let receive: (chunk: Uint8Array) => void = () => {};
  let closed: ((reason: AgentError) => void) | null = null;
  let ended: AgentError | null = null;
  let closing: Promise<void> | null = null;

  const end = (reason: AgentError): Promise<void> => {
    if (closing !== null) return closing;
    ended = reason;
    closing = withinCloseDeadline(handle.close());
    closed?.(reason);
    return closing;
  };
  const give = (frame: HidFrame) => {
    if (ended === null) receive(encodeHidFrame(frame));
  };
  handle.on('data', (report) => {
    const atMs = nowMs();
    if (ended !== null || report.length === 0 || atMs - openedAtMs < STALE_MS) return;
    const reportId = isNumbered ? (report[0] ?? 0) : 0;
    const data = Uint8Array.from(isNumbered ? report.subarray(1) : report);
    heard.set(reportId, { data, atMs });
    give({ kind: 'input', reportId, data });
  });
  handle.on('error', (cause) => void end(unplugged(path, cause)));

  /** An answer to a frame whose write is not over would be taken for one to half a frame. */
  const answer = (frame: HidFrame) => void setImmediate(() => give(frame));
  /** Does what a frame asks and answers it. */
  const perform = async ({ kind, reportId, data }: HidFrame): Promise<void> => {
    const report = Buffer.from([reportId, ...data]);
    if (kind === 'output') {
      await handle.write(report);
      answer({ kind: 'taken', reportId, data: new Uint8Array() });
    } else if (kind === 'set_feature') {
      await handle.sendFeatureReport(report);
      answer({ kind: 'taken', reportId, data: new Uint8Array() });
    } else if (kind === 'get_feature') {
      const [low = 0, high = 0] = data;
      // The report comes with its id before it, also where it is 0.
      const report = await handle.getFeatureReport(reportId, low + high * 0x100 + 1);
      answer({ kind: 'feature', reportId, data: Uint8Array.from(report.subarray(1)) });
    } else {
      throw new TypeError(`no ${kind} frame goes to a device`);
    }
  };

  return {
    async write(bytes) {
      if (ended !== null) throw ended;
      const frame = decodeHidFrame(bytes);
      if (frame === null) throw new TypeError('this is no frame of the HID link');
      if (frame.kind === 'recall') {
        const last = heard.get(frame.reportId);
        answer(
          recalledFrame(frame.reportId, last === undefined ? null : { data: last.data, ageMs: nowMs() - last.atMs }),
        );
        return;
      }
      try {
        await perform(frame);
      } catch (cause) {
        if (cause instanceof TypeError) throw cause;
        const failure = hidFailure(path, cause);
        if (failure.kind === 'refused') {
          answer({ kind: 'refused', reportId: frame.reportId, data: new TextEncoder().encode(failure.text) });
          return;
        }
        void end(failure.error);
        throw ended ?? failure.error;
      }
    },
    onData(next) {
      receive = next;
    },
    onClose(next) {
      closed = next;
      if (ended !== null) next(ended);
    },
    // A write is over only when the device has answered it: nothing is held back.
    drainWithDeadline: () => (ended === null ? Promise.resolve() : Promise.reject(ended)),
    close: () => end(new AgentError('closed', `The interface ${path} was closed.`, { details: { device: path } })),
  };
}

/** Whether reports begin with their id (HID 1.11 section 5.6). */
function numbersReports(descriptor: Uint8Array | null): boolean {
  if (descriptor === null) return true;
  const reading = parseReportDescriptor(descriptor);
  return reading.kind === 'malformed' || reading.descriptor.fields.some(({ reportId }) => reportId !== 0);
}
