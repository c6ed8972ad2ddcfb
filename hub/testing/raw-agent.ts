import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';
import { createApiClient } from '../../main/api/client.ts';
import {
  type AgentFrame,
  type HubFrame,
  hubFrameSchema,
  type IdentityKey,
  linkPath,
  linkProof,
  linkProtocol,
  makeIdentityKey,
  openIdentityKey,
  pairingProof,
  readFrame,
} from '../../main/api/link/index.ts';
import { pairedSchema } from '../../main/api/schemas/index.ts';

/** A machine that is paired, and whatever a test makes it say. */
export interface RawAgent {
  readonly id: string;
  /** Opens its link and proves who it is; resolves with the welcome. */
  link(): Promise<RawLink>;
}

/** The machine's end of a link, byte for byte in the test's hand. */
export interface RawLink {
  readonly socket: WebSocket;
  /** For events over HTTP. */
  readonly token: string;
  send(frame: AgentFrame): void;
  /** The next frame that fits, among those that came and were not taken yet. */
  frame<Type extends HubFrame['type']>(type: Type): Promise<Extract<HubFrame, { type: Type }>>;
  /** Resolves with the close code once it has ended. */
  readonly ended: Promise<number>;
}

/** Pairs a machine by an enrolment token that whoever looks after the hub makes for it. */
export async function pairRawAgent(
  hub: { readonly url: string; readonly origin: string; readonly socketPath: string },
  tenant: string,
  name: string,
): Promise<RawAgent> {
  const admin = createApiClient({ socketPath: hub.socketPath, headers: { 'fibric-hub-tenant': tenant } });
  const { token = '' } = await admin.createEnrolment({ name_pattern: name, uses: 1, expires_in_ms: 60_000 });
  admin.close();
  const key = openIdentityKey(makeIdentityKey());
  const answer = await fetch(`${hub.url}/v1/enrolments/use`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      public_key: key.publicKey,
      name,
      version: '1',
      grants: { read: true, act: true, install: true, care: true },
      token,
      signature: key.sign(pairingProof({ origin: hub.origin, code: token })),
    }),
  });
  const { agent } = pairedSchema.parse(await answer.json());
  return { id: agent.id, link: () => openRawLink(hub, agent.id, key) };
}

async function openRawLink(
  hub: { readonly url: string; readonly origin: string },
  agentId: string,
  key: IdentityKey,
): Promise<RawLink> {
  const socket = new WebSocket(`${hub.url.replace(/^http/, 'ws')}${linkPath}`);
  const came: HubFrame[] = [];
  let wake = () => {};
  socket.on('message', (data: RawData) => {
    const frame = readFrame(hubFrameSchema, String(data));
    if (frame !== null) came.push(frame);
    wake();
  });
  socket.on('error', () => {});
  const ended = once(socket, 'close').then(([code]) => {
    wake();
    return Number(code);
  });
  const frame: RawLink['frame'] = async (type) => {
    for (;;) {
      const index = came.findIndex((candidate) => candidate.type === type);
      const [found] = index === -1 ? [] : came.splice(index, 1);
      if (found !== undefined && isOf(found, type)) return found;
      if (socket.readyState === WebSocket.CLOSED) throw new Error(`the link ended before a ${type}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const send = (said: AgentFrame) => socket.send(JSON.stringify(said));
  const { nonce } = await frame('challenge');
  send({
    type: 'hello',
    protocol: linkProtocol,
    agent_id: agentId,
    signature: key.sign(linkProof({ nonce, origin: hub.origin, agentId })),
    version: '1',
    grants: { read: true, act: true, install: true, care: true },
  });
  const { credential } = await frame('welcome');
  return { socket, token: credential.token, send, frame, ended };
}

function isOf<Type extends HubFrame['type']>(frame: HubFrame, type: Type): frame is Extract<HubFrame, { type: Type }> {
  return frame.type === type;
}
