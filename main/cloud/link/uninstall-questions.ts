import { randomUUID } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { AgentFrame, HubFrame } from '../../api/link/index.ts';
import type { Clock } from '../clock.ts';

/** A hub that has not answered by then counts as out of reach. */
const ANSWER_MS = 10_000;

/** Questions to the hub before a connector is uninstalled here: operators there may depend on it. */
export interface UninstallQuestions {
  /** Resolves when nobody there does. Rejects with `connector_in_use`, or `agent_unreachable` when there was no answer. */
  ask(connectorId: string): Promise<void>;
  receive(frame: Extract<HubFrame, { type: 'uninstall_answer' }>): void;
  /** The link has ended: nobody answers any more. */
  close(): void;
}

/** Asks over one link. */
export function createUninstallQuestions(parts: {
  readonly send: (frame: AgentFrame) => void;
  readonly clock: Clock;
}): UninstallQuestions {
  const { send, clock } = parts;
  const waiting = new Map<string, (error: AgentError | null) => void>();
  return {
    async ask(connectorId) {
      const id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<AgentError | null>();
      waiting.set(id, resolve);
      const stopWaiting = clock.after(ANSWER_MS, () => resolve(noAnswer()));
      send({ type: 'may_uninstall', id, connector_id: connectorId });
      try {
        const error = await promise;
        if (error !== null) throw AgentError.is(error, 'connector_in_use') ? error : noAnswer(error);
      } finally {
        stopWaiting();
        waiting.delete(id);
      }
    },
    receive({ id, error }) {
      waiting.get(id)?.(error === null ? null : AgentError.deserialize(error));
    },
    close() {
      for (const answer of [...waiting.values()]) answer(noAnswer());
    },
  };
}

function noAnswer(cause?: AgentError): AgentError {
  return new AgentError('agent_unreachable', 'The hub did not answer.', cause === undefined ? {} : { cause });
}
