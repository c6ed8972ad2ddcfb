import { AgentError } from '../../../drivers/kit/index.ts';
import { type CloudCheckObject, errorEnvelopeSchema } from '../../api/schemas/index.ts';
import { targetOf, type WayStep, wayClosed } from './reasons.ts';
import { createSend } from './send.ts';
import type { WayOut } from './way-out.ts';

const ANSWER_MS = 15_000;

/** Walks the whole way to a cloud and tells how far it came: name, connection, proxy, TLS, hub. Rejects only as `signal` says. */
export async function walkTo(way: WayOut, origin: string, signal: AbortSignal): Promise<CloudCheckObject> {
  const proxy = way.proxyTo(origin);
  const { secure } = targetOf(origin);
  const expected: readonly WayStep[] = [
    'name',
    'connection',
    ...(proxy === null ? [] : (['proxy'] as const)),
    ...(secure ? (['tls'] as const) : []),
    'hub',
  ];
  const seen = new Map<WayStep, string>();
  let failure: AgentError | null = null;
  try {
    const socket = await way.examine(origin, (step, what) => seen.set(step, what), signal);
    seen.set('hub', await greet(way, socket, origin, signal));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    failure = AgentError.from(error);
  }
  const failedAt = failure === null ? null : (stepOf(failure) ?? expected.find((step) => !seen.has(step)) ?? 'hub');
  return {
    object: 'cloud_check',
    origin,
    proxy,
    result: failure === null ? 'ok' : 'failed',
    steps: expected.map((step) => {
      const told = seen.get(step);
      if (failure !== null && step === failedAt) {
        const reason = failure.details?.['reason'];
        return {
          step,
          result: 'failed' as const,
          message: failure.message,
          hint: failure.hint ?? null,
          reason: typeof reason === 'string' ? reason : failure.code,
        };
      }
      return told === undefined
        ? { step, result: 'not_reached' as const, message: 'Not reached.', hint: null, reason: null }
        : { step, result: 'ok' as const, message: told, hint: null, reason: null };
    }),
  };
}

function stepOf({ details }: AgentError): WayStep | null {
  const step = details?.['step'];
  return step === 'name' || step === 'connection' || step === 'proxy' || step === 'tls' || step === 'hub' ? step : null;
}

/** Asks without a key: a cloud that speaks the Connectors API says so in its envelope, anything else does not. */
async function greet(
  way: WayOut,
  socket: Awaited<ReturnType<WayOut['connect']>>,
  origin: string,
  signal: AbortSignal,
): Promise<string> {
  const send = createSend({ ...way, connect: async () => socket });
  const closed = (seen: string, cause?: unknown) =>
    wayClosed(
      'hub',
      'not_a_hub',
      `What answers at ${origin} is no hub (${seen}).`,
      'Check the address. A proxy or a page that asks people to sign in may answer in its place.',
      { details: { seen }, cause },
    );
  const answer = await send({
    method: 'GET',
    url: `${origin}/v1/connectors?limit=1`,
    headers: { Accept: 'application/json' },
    timeoutMs: ANSWER_MS,
    mostBytes: 64 * 1024,
    pooled: false,
    signal,
  }).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw closed(cause instanceof Error ? cause.message : String(cause), cause);
  });
  const envelope = errorEnvelopeSchema.safeParse(parse(answer.text));
  if (answer.status !== 401 || !envelope.success) throw closed(`status ${answer.status}`);
  return 'a hub answers';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
