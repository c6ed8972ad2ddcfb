import { decodeHidFrame, getFeatureReport, setFeatureReport } from '../../kit/hid/index.ts';
import { AgentError, decodeLatin1, type Link, toHex, type WireRequest } from '../../kit/index.ts';
import { type Dialect, describeSwitch } from './dialect.ts';

/** The board's one report has no id. */
const REPORT_ID = 0;
const REPORT_BYTES = 8;
const SERIAL_BYTES = 5;
const ON = 0xff;
const OFF = 0xfd;

/** What the board says of itself, all in one report: five characters that are its serial number, and its relays. */
export interface DcttechState {
  readonly serial: string;
  readonly relays: readonly boolean[];
}

/** `FF channel` switches on, `FD channel` off, in a feature report of eight bytes (pavel-a/usb-relay-hid). */
export function dcttechSwitch(channel: number, on: boolean): WireRequest<null> {
  const data = new Uint8Array(REPORT_BYTES);
  data.set([on ? ON : OFF, channel]);
  return setFeatureReport({ id: REPORT_ID, data }, describeSwitch(channel, on));
}

/** Reads serial number and relays. */
export function dcttechQuestion(): WireRequest<Uint8Array> {
  return getFeatureReport(REPORT_ID, REPORT_BYTES, 'read the relays');
}

/** The report's meaning: bytes 0 to 4 serial number, 7 the relays, relay 1 in the lowest bit. Throws `bad_reply` for what can't be it. */
export function readDcttechState(report: Uint8Array, channels: number): DcttechState {
  const serial = report.subarray(0, SERIAL_BYTES);
  const mask = report[REPORT_BYTES - 1];
  const isText = serial.every((byte) => byte > 0x20 && byte < 0x7f);
  // Shorter serial numbers end in zeros.
  const text = decodeLatin1(serial).replace(/\0+$/, '');
  const isPadded = text !== '' && /^[!-~]+$/.test(text);
  if (report.length !== REPORT_BYTES || mask === undefined || mask >= 2 ** channels || !(isText || isPadded)) {
    throw new AgentError('bad_reply', `The board's report can't be read: ${toHex(report, 16)}.`, {
      hint: 'Set `board` to the model that is printed on the board; unplug it and plug it in again.',
      details: { expected: `five characters, and a mask of ${channels} relays in byte 8`, seen: toHex(report, 16) },
    });
  }
  return { serial: text, relays: Array.from({ length: channels }, (_, index) => ((mask >> index) & 1) === 1) };
}

/** Boards of dcttech and their many copies: HID, with read-back, and a serial number that only the protocol tells. */
export function dcttechDialect(title: string, channels: number): Dialect {
  const ask = async (link: Link) => readDcttechState(await link.exchange(dcttechQuestion()), channels);
  return {
    channels,
    link: 'hid',
    set: dcttechSwitch,
    readStates: async (link) => (await ask(link)).relays,
    async identify(link) {
      const { serial } = await ask(link);
      return { manufacturer: 'www.dcttech.com', model: title, protocolSerial: serial, details: { channels } };
    },
    resynchronise: { type: 'none' },
  };
}

/** Whether it only reads the board's one report. */
export function isDcttechHarmless(bytes: Uint8Array): boolean {
  const frame = decodeHidFrame(bytes);
  return frame?.kind === 'get_feature' && frame.reportId === REPORT_ID;
}
