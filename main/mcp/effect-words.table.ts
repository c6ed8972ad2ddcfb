import type { EffectResult } from '../connectors/index.ts';

/** How an outcome is proven, in words that end a sentence. */
export const evidenceWords: Readonly<Record<NonNullable<EffectResult['evidence']>, string>> = {
  device_ack: 'the device acknowledged it',
  read_back: 'read back from the device',
  counter: 'seen on a counter of the device',
  status_after: 'seen in the status of the device afterwards',
  transmitted: 'sent, not confirmed',
  answered: 'the device answers',
  port_open: 'the port is open',
  encoded: 'it can be encoded',
};
