import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Database } from '../store/index.ts';
import { type Clock, systemClock } from './clock.ts';

const PIN_SETTING = 'approval_pin';
const ATTEMPTS_SETTING = 'approval_pin_attempts';

/** Wrong tries before a delay begins; it then doubles with each. */
const FREE_TRIES = 3;
const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 15 * 60_000;

/** 32 MiB and some 50 ms a try: a PIN is short, so that the delay above does most of the work. */
const cost = { n: 2 ** 15, r: 8, p: 1 };

const pinRow = z.object({ n: z.int(), r: z.int(), p: z.int(), salt: z.base64(), hash: z.base64() });
const attemptsRow = z.object({ failed: z.int().min(0), next_at: z.number() });
type Attempts = z.output<typeof attemptsRow>;

/** The PIN that a person at this machine gives with an approval, where one is set. */
export interface ApprovalPin {
  isSet(): boolean;
  /**
   * Resolves when no PIN is set or this is it. Rejects with `pin_required`, `pin_incorrect`, or `rate_limited` while a
   * delay after wrong tries runs, which grows and outlives a restart.
   */
  require(pin: string | undefined): Promise<void>;
  /** Sets, changes or, with null, removes it; `current` has to be the one that is set. Rejects as {@link ApprovalPin.require}. */
  change(pin: string | null, current: string | undefined): Promise<void>;
}

/** Over `state.db`, which keeps a salted scrypt hash and the wrong tries; never the PIN. */
export function createApprovalPin({
  state,
  clock = systemClock,
}: {
  readonly state: Database;
  readonly clock?: Clock;
}): ApprovalPin {
  /** One try at a time, so that many at once are counted one by one. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };

  const read = <Schema extends z.ZodType>(key: string, schema: Schema): z.output<Schema> | null => {
    const [found] = state.read(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE key = :key', { key });
    return found === undefined ? null : schema.parse(JSON.parse(found.value));
  };
  const put = (key: string, value: object) => ({
    sql: 'INSERT INTO settings (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    parameters: { key, value: JSON.stringify(value) },
  });
  const drop = (key: string) => ({ sql: 'DELETE FROM settings WHERE key = :key', parameters: { key } });

  const check = async (pin: string | undefined): Promise<void> => {
    const kept = read(PIN_SETTING, pinRow);
    if (kept === null) return;
    if (pin === undefined) {
      throw new AgentError('pin_required', 'Approvals on this machine need the PIN. Nothing was decided.', {
        hint: 'Give the PIN that was set with: fibric-edge approvals pin set',
      });
    }
    const { failed, next_at: nextAt } = read(ATTEMPTS_SETTING, attemptsRow) ?? { failed: 0, next_at: 0 };
    const waitMs = nextAt - clock.now();
    if (waitMs > 0) throw tooSoon(waitMs);
    // Counted before it is looked at: an agent that is killed in between has not given a try away.
    const counted: Attempts = { failed: failed + 1, next_at: clock.now() + delayMs(failed + 1) };
    await state.write([put(ATTEMPTS_SETTING, counted)]);
    const expected = Buffer.from(kept.hash, 'base64');
    const given = await hashPin(pin, Buffer.from(kept.salt, 'base64'), kept);
    if (!timingSafeEqual(expected, given)) throw wrongPin(counted.next_at - clock.now());
    await state.write([drop(ATTEMPTS_SETTING)]);
  };

  return {
    isSet: () => read(PIN_SETTING, pinRow) !== null,
    require: (pin) => inTurn(() => check(pin)),
    change: (pin, current) =>
      inTurn(async () => {
        await check(current);
        if (pin === null) {
          await state.write([drop(PIN_SETTING), drop(ATTEMPTS_SETTING)]);
          return;
        }
        const salt = randomBytes(16);
        const hash = await hashPin(pin, salt, cost);
        await state.write([
          put(PIN_SETTING, { ...cost, salt: salt.toString('base64'), hash: hash.toString('base64') }),
          drop(ATTEMPTS_SETTING),
        ]);
      }),
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

function wrongPin(waitMs: number): AgentError {
  return new AgentError('pin_incorrect', 'This is not the PIN. Nothing was decided.', {
    hint: waitMs > 0 ? `The next try is possible in ${Math.ceil(waitMs / 1000)} s.` : 'Try again.',
  });
}

function tooSoon(waitMs: number): AgentError {
  const seconds = Math.ceil(waitMs / 1000);
  return new AgentError(
    'rate_limited',
    `After wrong PINs the next try is possible in ${seconds} s. Nothing was decided.`,
    {
      hint: 'Wait; each further wrong one makes it longer.',
      details: { retry_after_s: seconds },
    },
  );
}
