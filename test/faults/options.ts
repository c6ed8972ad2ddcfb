import { parseArgs } from 'node:util';
import { z } from 'zod';

const whole = z.coerce.number().int().min(0).max(0xffff_ffff);

const optionsSchema = z.object({
  trials: whole.default(500),
  cuts: whole.default(50),
  'lying-disk': z.boolean().default(false),
  seed: whole.optional(),
  from: whole.default(0),
  ledger: z.string().min(1).optional(),
  only: z.string().min(1).optional(),
  list: z.boolean().default(false),
  help: z.boolean().default(false),
});

/** What `npm run faults` was asked for. */
export type FaultOptions = z.output<typeof optionsSchema>;

/** The help text. */
export const usage = `npm run faults -- [options]

Kills agents at random moments under load, then cuts the power of a machine in an emulator, then breaks disk,
clock, databases, keychain, writer and port, and counts.

  --trials N    how many agents to kill (default 500; 0 for none)
  --cuts N      how many times to cut the power (default 50; 0 for none)
  --lying-disk  the power cuts' disk forgets what it was told to keep: the run has to end with 1
  --seed S      the run's seed (default: from the clock; it is printed)
  --from K      begin at trial or cut K: goes on where a run with the same seed was broken off
  --ledger F    where trials are added up (default .cache/faults.jsonl)
  --only WORD   only what has this word in its name: kills, power-cuts, or a scenario
  --list        name the scenarios and why one can't run here
  --help        this text

Examples:
  npm run faults -- --trials 50
  npm run faults -- --seed 7 --from 120
  npm run faults -- --only disk
  npm run faults -- --only power --cuts 10
`;

/** Reads the command line; throws an `Error` that says what is not usable. */
export function parseOptions(argv: readonly string[]): FaultOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      trials: text,
      cuts: text,
      'lying-disk': flag,
      seed: text,
      from: text,
      ledger: text,
      only: text,
      list: flag,
      help: flag,
    },
  });
  const parsed = optionsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('; '));
}
