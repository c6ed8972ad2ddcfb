import { type Disturbance, decodeLatin1 } from '../../../drivers/kit/index.ts';

/** Devices that hang on serial ports and that no driver here speaks to, by what they must never be sent. */
export interface Stranger {
  readonly name: string;
  readonly disturbedBy: (bytes: Uint8Array) => Disturbance | null;
}

const obeys = (name: string, pattern: RegExp | string, what: string): Stranger => ({
  name,
  disturbedBy(bytes) {
    // Many of them listen to seven bits.
    const readings = [bytes, bytes.map((byte) => byte & 0x7f)].map(decodeLatin1);
    return readings.some((text) => text.search(pattern) >= 0) ? { kind: 'acts', what } : null;
  },
});

/** Each by the commands in its maker's manual that change something. */
export const strangers: readonly Stranger[] = [
  // Toledo 8217 manual: one letter is a whole command; Z zero, T tare, C clear tare, A self test, E echo.
  obeys('a checkout scale (Toledo 8217)', /[ZTCAE]/, 'zero, clear its tare or test itself'),
  // NCI SCP-01 and Brecknell: a letter and CR; X switches off, U the unit.
  obeys('a scale that speaks NCI', /[ZTULX]\r/, 'zero, tare, change its unit or switch off'),
  // Kern, older balances: t tares, without an end of line.
  obeys('an older Kern balance', /t/, 'tare'),
  // Checkout-Dialog 02/04/06: records begin with EOT STX.
  obeys('a scale that speaks Checkout-Dialog', '\x04\x02', 'take a price'),
  // Sartorius SBI: ESC and a letter; P prints, T tares, Z zeroes, S restarts.
  obeys('a Sartorius balance', '\x1b[A-Zf]', 'tare, print or restart'),
  // Megatec Q1 protocol: T tests, S shuts down, Q the beeper.
  obeys('a UPS (Megatec)', /(^|\r)(T\d*|TL|S[.\d]+(R\d+)?|C|CT|Q)\r/, 'test its battery or shut down'),
  // Magellan single cable: S00 and R reset.
  obeys('a scanner scale (Magellan)', /S00|R/, 'reset'),
  // IEEE 488.2: *RST; SCPI outputs.
  obeys('a bench instrument (SCPI)', /\*(RST|RCL|SAV|TRG)|OUTP|SYST/i, 'reset or switch its output'),
  // ESC/POS, CD5220 and DSP800 displays show whatever is text.
  {
    name: 'a customer display',
    disturbedBy(bytes) {
      const shown = decodeLatin1(bytes.filter((byte) => byte >= 0x20 && byte <= 0x7e));
      return shown === '' ? null : { kind: 'marks', what: `show ${JSON.stringify(shown)}` };
    },
  },
];

/** What no choice and no order of questions can rule out. */
export const unavoidable: readonly string[] = [
  'A cash drawer with a serial cable of its own may open on any byte: do not ask where one may hang.',
];
