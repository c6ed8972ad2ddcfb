import {
  AgentError,
  type JsonObject,
  type SerializedAgentError,
  type Source,
  type SourceContext,
} from '../../drivers/kit/index.ts';
import {
  type BindingState,
  type Clock,
  createFrameGate,
  createPortQueue,
  createToolSet,
  type TurnHost,
  type WireTap,
  type WorkOptions,
  type WorkTools,
} from '../hardware/index.ts';
import type { HttpTransport } from './http-transport.ts';
import { createSourceLink } from './source-link.ts';
import type { SourceBinding } from './source-side.ts';

/** A connector's source: what its driver is told, its queue, and how it is reached. */
export interface BoundSource extends TurnHost<HttpTransport> {
  readonly binding: SourceBinding;
  readonly source: Source;
  readonly context: SourceContext;
  state(): BindingState;
  /** Ends all calls with `closed`. Idempotent. */
  close(): void;
}

export interface BoundSourceParts {
  readonly clock: Clock;
  /** With the credentials as they rest in the vault. Rejects with `vault_unavailable`, `auth_failed` when there are none. */
  readonly openTransport: () => Promise<HttpTransport>;
  /** Where what is asked and answered can be listened to. */
  readonly tap: WireTap;
  readonly onState: (state: BindingState) => void;
  readonly onTransaction: (error: SerializedAgentError | null) => void;
}

/** Reads the credentials at once, and again with each call as long as they can't be read. */
export function createBoundSource(
  parts: BoundSourceParts,
  options: { readonly binding: SourceBinding; readonly source: Source; readonly config: JsonObject },
): BoundSource {
  const { clock, openTransport, onState, onTransaction, tap } = parts;
  const { binding, source, config } = options;
  const context: SourceContext = { options: config };
  const tools = createToolSet(binding.connectorName, source.tools(context));
  const queue = createPortQueue(() => binding.connectorName);
  const calls = new Set<AbortController>();
  let state: BindingState = { state: 'opening' };
  let transport: Promise<HttpTransport> | null = null;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let closed = false;

  const become = (next: BindingState) => {
    if (closed || JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    onState(next);
  };

  const open = (): Promise<HttpTransport> => {
    transport ??= openTransport().then(
      (opened) => {
        become({ state: 'ready', identification: null });
        return opened;
      },
      (error: unknown) => {
        transport = null;
        become({ state: 'unavailable', error: AgentError.from(error).serialize() });
        throw error;
      },
    );
    return transport;
  };

  const requireWanted = () => {
    const waitMs = Math.ceil(notBeforeMs - clock.nowMs());
    if (waitMs <= 0) return;
    throw new AgentError('source_busy', `${binding.connectorName} asked to be left alone for a while.`, {
      hint: `It may be asked again in ${Math.ceil(waitMs / 1000)} s.`,
      details: { device: binding.connectorName, retry_after_ms: waitMs },
    });
  };

  open().catch(() => {});

  return {
    binding,
    source,
    context,
    state: () => state,
    tools: () => tools,
    async acquire(controller) {
      if (closed) throw closedError(binding);
      const { signal } = controller;
      calls.add(controller);
      try {
        requireWanted();
        const line = await untilAborted(open(), signal);
        const turn = await queue.acquire(binding.connectorId, signal);
        return {
          line,
          turn: {
            release() {
              calls.delete(controller);
              turn.release();
            },
          },
        };
      } catch (error) {
        calls.delete(controller);
        throw error;
      }
    },
    work: () => ({
      async perform<T>(
        line: HttpTransport,
        { signal, leave, faultIn, about: purpose }: WorkOptions<T>,
        work: (given: WorkTools) => Promise<T>,
      ): Promise<T> {
        requireWanted();
        const gate = createFrameGate(source, binding.connectorName, leave ?? null);
        const about = { tool: null, journal_id: null, ...purpose };
        const sourceName = binding.connectorName;
        const call = createSourceLink({ transport: line, gate, clock, sourceName, signal, tap, about });
        let fault: SerializedAgentError | null = null;
        try {
          const result = await work({ link: call.link, gate, traces: () => [] });
          fault = faultIn?.(result) ?? null;
          return result;
        } catch (cause) {
          const error = AgentError.from(cause);
          fault = error.serialize();
          throw error;
        } finally {
          call.end();
          const waitMs = fault?.code === 'source_busy' ? fault.details?.['retry_after_ms'] : undefined;
          if (typeof waitMs === 'number') notBeforeMs = clock.nowMs() + waitMs;
          if (call.asked() && !closed) onTransaction(fault);
        }
      },
    }),
    close() {
      closed = true;
      for (const controller of calls) controller.abort(closedError(binding));
      queue.clear(closedError(binding));
    },
  };
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function closedError(binding: SourceBinding): AgentError {
  return new AgentError('closed', `${binding.connectorName} is not in use any more.`, {
    details: { device: binding.connectorName },
  });
}
