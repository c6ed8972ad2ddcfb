import { type Disturbance, decodeLatin1, toHex } from '../kit/index.ts';

const LCUS_START = 0xa0;
const KMTRONIC_START = 0xff;
const DEVANTECH_SET_ALL = 0x5c;
const DEVANTECH_FIRST = 0x64;
const DEVANTECH_LAST = 0x76;

/** What any of the boards would switch: which one hangs there is not known. */
export function disturbedBy(bytes: Uint8Array): Disturbance | null {
  for (const [index, byte] of bytes.entries()) {
    if (isDevantech(byte)) return switches(bytes.subarray(index, index + 1));
    const command = bytes.subarray(index, index + 4);
    const [, channel = 0, state = 0, sum] = command;
    if (byte === LCUS_START && sum === ((byte + channel + state) & 0xff)) return switches(command);
    // With a `state` that is not there yet it may still become one.
    if (byte === KMTRONIC_START && (command.length < 3 || state <= 1)) return switches(command.subarray(0, 3));
  }
  const line = decodeLatin1(bytes)
    .split('\r')
    .slice(0, -1)
    .find((text) => /(relay (on|off|writeall)|id set|reset|gpio|adc)/.test(text));
  return line === undefined ? null : { kind: 'acts', what: `carry out the line ${JSON.stringify(line)}` };
}

/** One byte is a whole command: 64 to 76 switch, 5C sets all relays to the byte after it. */
function isDevantech(byte: number): boolean {
  return byte === DEVANTECH_SET_ALL || (byte >= DEVANTECH_FIRST && byte <= DEVANTECH_LAST);
}

function switches(command: Uint8Array): Disturbance {
  return { kind: 'acts', what: `switch a relay (${toHex(command, 4)})` };
}
