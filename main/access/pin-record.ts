import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Database } from '../store/index.ts';
import type { Clock } from './clock.ts';

/** Wrong tries before a delay begins; it then doubles with each. */
const FREE_TRIES = 3;
const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 15 * 60_000;

/** 32 MiB and some 50 ms a try: a PIN is short, so that the delay above does most of the work. */
const cost = { n: 2 ** 15, r: 8, p: 1 };

/** What is kept of a PIN: a salted scrypt hash and what it cost. */
export const pinRecordSchema = z.object({ n: z.int(), r: z.int(), p: z.int(), salt: z.base64(), hash: z.base64() });
/** What is kept of a PIN. */
export type PinRecord = z.output<typeof pinRecordSchema>;

const attemptsRow = z.object({ failed: z.int().min(0), next_at: z.number() });
type Attempts = z.output<typeof attemptsRow>;

/** Makes the record of a PIN. */
export async function makePinRecord(pin: string): Promise<PinRecord> {
  const salt = randomBytes(16);
  const hash = await hashPin(pin, salt, cost);
  return { ...cost, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** The tries at one PIN, counted in `state.db` so that the delay after wrong ones outlives a restart. */
export interface PinTries {
  /** Resolves when `pin` is the one of `record`; rejects with `pin_incorrect`, or with `rate_limited` while a delay runs. */
  try(pin: string, record: PinRecord): Promise<void>;
  /** Forgets the wrong ones. */
  reset(): Promise<void>;
}

/** Counts under `setting`; `nothingDone` ends each message: what a wrong PIN has left as it was. */
export function createPinTries(options: {
  readonly state: Database;
  readonly clock: Clock;
  readonly setting: string;
  readonly nothingDone: string;
}): PinTries {
  const { state, clock, setting: key, nothingDone } = options;
  const read = (): Attempts => {
    const [found] = state.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', { key });
    return found === undefined ? { failed: 0, next_at: 0 } : attemptsRow.parse(JSON.parse(found.value));
  };
  const reset = async () => {
    await state.write([{ sql: 'DELETE FROM settings WHERE key = :key', parameters: { key } }]);
  };
  return {
    async try(pin, record) {
      const { failed, next_at: nextAt } = read();
      const waitMs = nextAt - clock.now();
      if (waitMs > 0) throw tooSoon(waitMs, nothingDone);
      // Counted before it is looked at: an agent that is killed in between has not given a try away.
      const counted: Attempts = { failed: failed + 1, next_at: clock.now() + delayMs(failed + 1) };
      await state.write([putSetting(key, counted)]);
      const expected = Buffer.from(record.hash, 'base64');
      const given = await hashPin(pin, Buffer.from(record.salt, 'base64'), record);
      if (!timingSafeEqual(expected, given)) throw wrongPin(counted.next_at - clock.now(), nothingDone);
      await reset();
    },
    reset,
  };
}

/** The statement that keeps a setting as JSON. */
export function putSetting(key: string, value: object) {
  return {
    sql: 'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    parameters: { key, value: JSON.stringify(value) },
  };
}

function hashPin(pin: string, salt: Buffer, { n, r, p }: typeof cost): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(pin.normalize('NFKC'), salt, 32, { N: n, r, p, maxmem: 256 * n * r }, (error, hash) =>
    error === null ? resolve(hash) : reject(error),
  );
  return promise;
}

function delayMs(failed: number): number {
  return failed < FREE_TRIES ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failed - FREE_TRIES));
}

function wrongPin(waitMs: number, nothingDone: string): AgentError {
  return new AgentError('pin_incorrect', `This is not the PIN. ${nothingDone}`, {
    hint: waitMs > 0 ? `The next try is possible in ${Math.ceil(waitMs / 1000)} s.` : 'Try again.',
  });
}

function tooSoon(waitMs: number, nothingDone: string): AgentError {
  const seconds = Math.ceil(waitMs / 1000);
  return new AgentError('rate_limited', `After wrong PINs the next try is possible in ${seconds} s. ${nothingDone}`, {
    hint: 'Wait; each further wrong one makes it longer.',
    details: { retry_after_s: seconds },
  });
}
