import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { ConnectorsBackend } from '../../../main/api/index.ts';
import {
  agentFrameSchema,
  hubFrameSchema,
  makeIdentityKey,
  openIdentityKey,
  readFrame,
} from '../../../main/api/link/index.ts';
import type { Grants } from '../../../main/api/schemas/index.ts';
import { makeSealingKey, openSealingKey } from '../../../main/api/sealing/index.ts';
import { createBackendDouble } from '../../../main/cli/testing/backend-double.ts';
import { createKeyedInstalls } from '../../../main/cloud/link/keyed-installs.ts';
import type { RelayMcp } from '../../../main/cloud/link/relay-mcp.ts';
import { createRequests } from '../../../main/cloud/link/requests.ts';
import { createSealedSecrets } from '../../../main/cloud/link/sealed-secrets.ts';
import { createManualClock, type ManualClock } from '../../../main/connectors/testing/manual-clock.ts';
import { type AgentLink, createAgentLink } from '../agent-link.ts';

/** Both ends of a link over a real connection, without pairing; time moves only when told. */
export interface JoinedLink {
  readonly hub: AgentLink;
  readonly clock: ManualClock;
  /** What the machine grants from now on. */
  grant(grants: Partial<Grants>): void;
  /** Aborts when the pairing is over. */
  readonly paired: AbortController;
  /** Resolves when all that either side has said so far has been heard. */
  settled(): Promise<void>;
  /** Ends the connection as a cable that is pulled. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Joins them. `relayMcp` and `backend` answer at the machine. */
export async function joinLink(parts: {
  readonly relayMcp: RelayMcp;
  readonly backend?: Partial<ConnectorsBackend>;
}): Promise<JoinedLink> {
  const clock = createManualClock();
  const paired = new AbortController();
  let grants: Grants = { read: true, act: true, install: false, care: false };
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const near = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [far]: WebSocket[] = await once(server, 'connection');
  if (far === undefined) throw new Error('no connection');
  if (near.readyState !== WebSocket.OPEN) await once(near, 'open');
  const hub = createAgentLink({ socket: far, agentId: 'agt_1', name: 'bench', clock });
  const requests = createRequests({
    servers: {
      backend: createBackendDouble(parts.backend ?? {}),
      secrets: createSealedSecrets({
        origin: 'https://hub.example.com',
        agentId: 'agt_1',
        identity: openIdentityKey(makeIdentityKey()),
        key: openSealingKey(makeSealingKey()),
      }),
      installs: createKeyedInstalls({
        store: { get: async () => null, put: async () => {}, purge: async () => {} },
        hmacKey: async () => Buffer.alloc(32),
        clock,
        onFault: () => {},
      }),
    },
    relayMcp: parts.relayMcp,
    tenantId: 't_1',
    grants: () => grants,
    send: (frame) => near.readyState === WebSocket.OPEN && near.send(JSON.stringify(frame)),
    clock,
    paired: paired.signal,
  });
  far.on('message', (data) => {
    const frame = readFrame(agentFrameSchema, String(data));
    if (frame !== null) hub.receive(frame);
  });
  near.on('message', (data) => {
    const frame = readFrame(hubFrameSchema, String(data));
    if (frame === null) throw new Error(`no frame: ${String(data).slice(0, 200)}`);
    if ('id' in frame && frame.type !== 'uninstall_answer') requests.receive(frame);
  });
  far.once('close', () => hub.ended());
  near.once('close', () => requests.close());
  const round = async () => {
    const back = once(far, 'pong');
    far.ping();
    await back;
    const forth = once(near, 'pong');
    near.ping();
    await forth;
  };
  return {
    hub,
    clock,
    paired,
    grant(changes) {
      grants = { ...grants, ...changes };
      requests.grantsChanged();
    },
    async settled() {
      for (let rounds = 0; rounds < 3; rounds += 1) await round();
    },
    async cut() {
      const gone = Promise.all([once(near, 'close'), once(far, 'close')]);
      far.terminate();
      near.terminate();
      await gone;
    },
    async close() {
      paired.abort();
      near.terminate();
      far.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
