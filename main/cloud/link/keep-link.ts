import type { Socket } from 'node:net';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend, Principal } from '../../api/index.ts';
import type { HubFrame, IdentityKey } from '../../api/link/index.ts';
import type { CloudObject, Grants } from '../../api/schemas/index.ts';
import type { SealingKey } from '../../api/sealing/sealing-key.ts';
import type { Clock } from '../clock.ts';
import type { CloudCredential } from '../credentials.ts';
import type { PairingRecord } from '../pairing/pairing-record.ts';
import { backOffMs } from './back-off.ts';
import type { KeyedInstalls } from './keyed-installs.ts';
import type { OpenLink } from './open-link.ts';
import { ownAddresses, watchAddresses } from './own-addresses.ts';
import { createProjector } from './projector.ts';
import type { RelayMcp } from './relay-mcp.ts';
import { createRequests, type Requests } from './requests.ts';
import type { SealedSecrets } from './sealed-secrets.ts';
import { hubPrincipal } from './serve-call.ts';
import { createUninstallQuestions, type UninstallQuestions } from './uninstall-questions.ts';

/** How long a hub may take to end the pairing when the machine leaves; local work does not wait for it. */
const LEAVE_MS = 2_000;
/** A link that stood for so long has ended for a new reason. */
const STEADY_MS = 30_000;
/** What was sealed for this machine is good for one to two of these. */
const SEALING_EPOCH_MS = 10 * 60_000;

/** What the link works with. */
export interface LinkParts {
  readonly record: PairingRecord;
  readonly connect: (origin: string, signal: AbortSignal) => Promise<Socket>;
  readonly key: () => Promise<IdentityKey>;
  readonly sealingKey: () => Promise<SealingKey>;
  readonly version: string;
  readonly grants: () => Grants;
  readonly backend: ConnectorsBackend;
  readonly installs: KeyedInstalls;
  readonly relayMcp: RelayMcp;
  readonly clock: Clock;
  /** This machine's own addresses; the default asks the system. */
  readonly addresses?: () => string;
  readonly random: () => number;
  readonly onState: (state: CloudObject['link']) => void;
  readonly onCredential: (credential: CloudCredential | null) => void;
  /** The hub has ended the pairing: no further attempt is made. */
  readonly onRevoked: (error: AgentError) => void;
  readonly onFault: (error: unknown) => void;
}

/** Keeps the link to the hub: opens it, and again with growing distances whenever it was cut. */
export interface KeptLink {
  /** What the hub may has changed here. */
  tellGrants(grants: Grants): void;
  /** Resolves when nobody at the hub depends on this connector. Rejects with `connector_in_use`, `agent_unreachable`. */
  askBeforeUninstall(connectorId: string): Promise<void>;
  /** Tells the hub that the pairing is over, where the link stands; resolves when the hub has cut it, or after two seconds. Never rejects. */
  leave(): Promise<void>;
  /** Resolves when nothing of it runs any more; idempotent. */
  close(): Promise<void>;
}

/** Begins to keep it. */
export function keepLink(parts: LinkParts): KeptLink {
  const { clock, onState, addresses = ownAddresses } = parts;
  const stop = new AbortController();
  const paired = new AbortController();
  let current: OpenLink | null = null;
  let requests: Requests | null = null;
  let questions: UninstallQuestions | null = null;
  const state = (to: CloudObject['link']['state'], error: AgentError | null = null, nextInMs: number | null = null) =>
    onState({
      state: to,
      since: new Date(clock.now()).toISOString(),
      next_attempt_at: nextInMs === null ? null : new Date(clock.now() + nextInMs).toISOString(),
      error:
        error === null
          ? null
          : {
              code: error.code,
              message: error.message,
              ...(error.hint === undefined ? {} : { hint: error.hint }),
              ...(error.details === undefined ? {} : { details: error.details }),
            },
    });

  /** One link from its opening to its end; why it ended. */
  const once = async (): Promise<{ readonly error: AgentError; readonly steady: boolean }> => {
    state('connecting');
    let steady = false;
    try {
      const { openLink } = await import('./open-link.ts');
      const { createSealedSecrets } = await import('./sealed-secrets.ts');
      const { record, connect, version, grants } = parts;
      const where = { origin: record.hub.origin, agentId: record.agent.id };
      const key = await parts.key();
      const secrets = createSealedSecrets({ ...where, identity: key, key: await parts.sealingKey() });
      const link = await openLink({
        ...where,
        connect,
        key,
        version,
        grants: grants(),
        sealing: secrets.told(),
        clock,
        signal: stop.signal,
      });
      current = link;
      const stopCounting = clock.after(STEADY_MS, () => {
        steady = true;
      });
      const stopWatching = watchAddresses(addresses, clock, () => link.probe());
      state('up');
      try {
        const serving = serve(link, secrets, parts, paired.signal);
        requests = serving.requests;
        questions = serving.questions;
        return { error: await serving.ended, steady };
      } finally {
        requests = null;
        stopWatching();
        questions = null;
        stopCounting();
      }
    } catch (error) {
      return { error: AgentError.from(error), steady };
    } finally {
      current = null;
      parts.onCredential(null);
    }
  };

  const run = async () => {
    for (let failures = 0; !stop.signal.aborted; failures += 1) {
      const { error, steady } = await once();
      if (stop.signal.aborted) break;
      if (AgentError.is(error, 'key_revoked')) {
        state('refused', error);
        paired.abort();
        parts.onRevoked(error);
        return;
      }
      if (steady) failures = 0;
      const waitMs = backOffMs(failures, parts.random);
      state(AgentError.is(error, 'key_invalid', 'not_supported') ? 'refused' : 'waiting', error, waitMs);
      // A network that is there again is worth an attempt at once, and a failure of before says nothing of it.
      if (await pause(waitMs, clock, stop.signal, addresses)) failures = -1;
    }
  };
  const running = run().catch(parts.onFault);

  return {
    tellGrants(grants) {
      current?.send({ type: 'grants', grants });
      requests?.grantsChanged();
    },
    async askBeforeUninstall(connectorId) {
      if (questions === null) throw new AgentError('agent_unreachable', 'The link to the hub does not stand.');
      await questions.ask(connectorId);
    },
    async leave() {
      if (current === null) return;
      current.send({ type: 'leave' });
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(LEAVE_MS, late.resolve);
      await Promise.race([current.ended, late.promise]);
      cancel();
    },
    async close() {
      stop.abort();
      paired.abort();
      await running;
      state('off');
    },
  };
}

/** Serves a link that stands until it has ended, and tells why. */
function serve(
  link: OpenLink,
  secrets: SealedSecrets,
  parts: LinkParts,
  paired: AbortSignal,
): { readonly requests: Requests; readonly questions: UninstallQuestions; readonly ended: Promise<AgentError> } {
  const { record, backend, installs, relayMcp, grants, clock, onCredential, onFault } = parts;
  const end = new AbortController();
  const requests = createRequests({
    servers: { backend, secrets, installs },
    relayMcp,
    tenantId: record.tenant.id,
    grants,
    send: link.send,
    clock,
    paired,
  });
  const questions = createUninstallQuestions({ send: link.send, clock });
  let stopEpoch = () => {};
  const keepSealing = () => {
    stopEpoch = clock.after(SEALING_EPOCH_MS, () => {
      secrets.nextEpoch();
      link.send({ type: 'sealing', sealing: secrets.told() });
      keepSealing();
    });
  };
  keepSealing();
  const everything: Grants = { read: true, act: false, install: false, care: false };
  const reader: Principal = hubPrincipal(
    record.tenant.id,
    everything,
    { id: 'projection', name: record.hub.name, scopes: ['connectors:read', 'tools:read'] },
    null,
    end.signal,
  );
  const projector = createProjector({
    backend,
    principal: reader,
    showsSimulated: record.tenant.mode === 'test',
    send: link.sendAndWait,
    clock,
    onFault,
  });
  const credential = ({ token }: { readonly token: string }) =>
    onCredential({ origin: record.hub.origin, token, mode: record.tenant.mode, agentId: record.agent.id });
  credential(link.welcome.credential);
  link.onFrame((frame: HubFrame) => {
    switch (frame.type) {
      case 'want':
        return projector.want(frame.items);
      case 'credential':
        return credential(frame);
      case 'uninstall_answer':
        return questions.receive(frame);
      case 'request':
      case 'cancel':
      case 'delivered':
      case 'taken':
        return requests.receive(frame);
      default:
        return;
    }
  });
  const ended = link.ended.finally(() => {
    end.abort();
    stopEpoch();
    projector.close();
    questions.close();
    requests.close();
  });
  return { requests, questions, ended };
}

/** Whether it was cut short because the machine has other addresses than when it began. */
async function pause(delayMs: number, clock: Clock, signal: AbortSignal, addresses: () => string): Promise<boolean> {
  if (signal.aborted) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(delayMs, () => resolve(false));
  const stopWatching = watchAddresses(addresses, clock, () => resolve(true));
  const stop = () => resolve(false);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    cancel();
    stopWatching();
    signal.removeEventListener('abort', stop);
  }
}
