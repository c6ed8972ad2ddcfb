import type { AgentHealth, Connector, Device, DoctorReport, LogLine } from '../live/wire.ts';

/** What a support bundle is made of. */
export interface BundleParts {
  readonly madeAt: string;
  readonly health: AgentHealth;
  readonly doctor: DoctorReport;
  readonly connectors: readonly Connector[];
  readonly devices: readonly Device[];
  readonly logs: readonly LogLine[];
}

/** Keys whose values never go out, wherever they stand. */
const secretKey = /(pass(word|phrase)?|secret|token|authorization|cookie|credential|api_?key|\bkey\b|pin)$/i;
/** What a person's goods, customers or receipts may be in. */
const contentKey = /^(arguments|content|result|value|data|text|scan|tag|entity_key|idempotency_key)$/;
/** A secret in the middle of a text: of an address, a header, or one of our own tokens. */
const inText = [/(?<=:\/\/)[^\s/@]+(?=@)/g, /(?<=\bBearer\s+)\S+/gi, /\bfe_[A-Za-z0-9_-]{16,}\b/g];

/** The same without what is secret or may be about people: said where something was. */
export function redact(value: unknown, key = ''): unknown {
  if (value !== null && secretKey.test(key)) return '[secret left out]';
  if (value !== null && contentKey.test(key)) return '[content left out]';
  if (typeof value === 'string')
    return inText.reduce((text, pattern) => text.replace(pattern, '[secret left out]'), value);
  if (Array.isArray(value)) return value.map((item) => redact(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redact(inner, name)]));
  }
  return value;
}

/** A support bundle as text. In it: versions, settings, health, devices, findings and logs; never secrets, readings or what was printed. */
export function bundleText({ madeAt, health, doctor, connectors, devices, logs }: BundleParts): string {
  const whole = {
    format: 'fibric-edge support bundle 1',
    made_at: madeAt,
    health,
    doctor: doctor.checks,
    connectors: connectors.map(({ auth, ...connector }) => ({ ...connector, auth: { type: auth.type } })),
    devices,
    logs,
  };
  return `${JSON.stringify(redact(whole), null, 2)}\n`;
}
