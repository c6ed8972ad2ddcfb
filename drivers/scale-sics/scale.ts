import { z } from 'zod';
import { AgentError, type DriverContext, type Link, type Plan } from '../kit/index.ts';
import type { Answer, Weight } from './answer.ts';
import {
  readTare,
  readText,
  readWeightNow,
  readWeightStable,
  request,
  requestLateAnswer,
  type SicsCommand,
} from './protocol.ts';
import { refusalError } from './refusals.ts';

/** Configuration keys of this listing. */
export const optionsSchema = z.strictObject({
  reply_timeout_ms: z
    .int()
    .min(200)
    .max(10_000)
    .default(1_000)
    .describe('How long the scale may take to answer a question, in milliseconds'),
  stability_timeout_ms: z
    .int()
    .min(1_000)
    .max(120_000)
    .default(20_000)
    .describe("How long to wait for a settled weight, in milliseconds; longer than the scale's own setting"),
});

/** A scale as the tools use it: typed questions, and errors that say what the scale answered. */
export interface Scale {
  /** The net weight now. Throws the scale's refusal. */
  weightNow(link: Link): Promise<Weight>;
  /**
   * The net weight once settled, waiting `timeoutMs` (as configured, if undefined) and never longer than `longestMs`.
   * Throws `device_not_ready` when it does not settle.
   */
  weightStable(link: Link, timeoutMs: number | undefined, longestMs: number): Promise<Weight>;
  /** The tare memory; null when this scale does not tell it. */
  tare(link: Link): Promise<Weight | null>;
  /** One of the texts by which a scale says what it is. */
  text(link: Link, id: 'I2' | 'I3' | 'I4' | 'I11'): Promise<Answer<string>>;
  /** Sends a planned command. `bytes` are the plan's. Throws when the scale did not say how it ended. */
  perform<T>(link: Link, command: SicsCommand<T>, bytes: Uint8Array): Promise<Answer<T>>;
}

/** The scale under these options. */
export function openScale(context: DriverContext): Scale {
  const options = optionsSchema.parse(context.options);
  const quickMs = options.reply_timeout_ms;

  const weightNow = async (link: Link): Promise<Weight> =>
    done(await link.exchange(request(readWeightNow, quickMs)), 'tell the weight');

  const weightStable: Scale['weightStable'] = async (link, askedMs = options.stability_timeout_ms, longestMs) => {
    const timeoutMs = Math.min(askedMs, longestMs);
    try {
      return done(await link.exchange(request(readWeightStable, timeoutMs)), 'tell a settled weight');
    } catch (error) {
      if (!AgentError.is(error, 'no_reply')) throw error;
      // A scale that still waits for rest is silent; this tells it from one that is off, and ends its waiting.
      const last = await weightNow(link);
      throw new AgentError(
        'device_not_ready',
        `The weight did not settle within ${timeoutMs} ms; the last one was ${last.value} ${last.deviceUnit}.`,
        {
          hint: 'Keep the scale free of draught and vibration, or read with mode "immediate".',
          details: { reason: 'not_settled', expected: 'a settled weight', seen: `${last.value} ${last.deviceUnit}` },
        },
      );
    }
  };

  const tare = async (link: Link): Promise<Weight | null> => {
    const answer = await link.exchange(request(readTare, quickMs));
    if (answer.kind === 'done') return answer.value;
    if (answer.reason === 'syntax' || answer.reason === 'logical') return null;
    throw refusalError(answer, 'tell the tare');
  };

  return {
    weightNow,
    weightStable,
    tare,
    text: (link, id) => link.exchange(request(readText(id), quickMs)),
    async perform(link, command, bytes) {
      const wire = request(command, options.stability_timeout_ms);
      const answer = await link.exchange({ ...wire, bytes });
      const names = answer.kind === 'done' || !['syntax', 'transmission', 'logical'].includes(answer.reason);
      return names ? answer : ((await link.exchange(requestLateAnswer(command, quickMs))) ?? answer);
    },
  };
}

/** The weight before an effect that needs rest. Throws `device_not_ready` while it moves, and the scale's own refusals. */
export async function settledWeight(scale: Scale, link: Link, purpose: string): Promise<Weight> {
  const weight = await scale.weightNow(link);
  if (weight.stable) return weight;
  const seen = `${weight.value} ${weight.deviceUnit}`;
  throw new AgentError('device_not_ready', `The scale can't ${purpose} while the weight moves (now ${seen}).`, {
    hint: 'Wait until the load is at rest, then call again.',
    details: { reason: 'in_motion', expected: 'a settled weight', seen },
  });
}

/** The bytes of a plan's one frame. */
export function frameOf(plan: Plan): Uint8Array {
  const [frame, ...more] = plan.frames;
  if (frame === undefined || more.length > 0) throw new RangeError('a plan of this driver has one frame');
  return frame.bytes;
}

function done<T>(answer: Answer<T>, purpose: string): T {
  if (answer.kind === 'refused') throw refusalError(answer, purpose);
  return answer.value;
}
