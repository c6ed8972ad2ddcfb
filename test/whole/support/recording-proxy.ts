import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** A proxy between an agent and its hub that reads along, and says what a hub or an agent that can't be trusted might say. */
export interface RecordingProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Where it connects to from now on. */
  aim(port: number): void;
  /** Everything that went through, frames of both directions and bodies of requests. */
  seen(): string;
  /** Frames of the hub, oldest first. */
  fromHub(): readonly Frame[];
  /** Says this to the agent in the name of the hub; resolves with the first frame of the agent with the same id. */
  sayToAgent(frame: Frame): Promise<Frame>;
  /** Changes what the agent says from now on; null lets nothing through. */
  onAgentSays(change: (frame: Frame) => Frame | null): void;
  /** Ends every link. */
  cut(): void;
  close(): Promise<void>;
}

/** A frame of the link, as JSON has it. */
// biome-ignore lint/suspicious/noExplicitAny: what the wire says is what the tests look into
export type Frame = Record<string, any>;

/** Starts one. */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  let target = 0;
  let change: (frame: Frame) => Frame | null = (frame) => frame;
  const texts: string[] = [];
  const hubFrames: Frame[] = [];
  const agents = new Set<WebSocket>();
  const waiting = new Map<string, (frame: Frame) => void>();

  const http = createServer((asked, response) => {
    const { method, headers, url: path } = asked;
    const sent = request({ host: '127.0.0.1', port: target, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk) => texts.push(String(chunk))).pipe(response);
    });
    sent.on('error', () => response.destroy());
    asked.on('data', (chunk) => texts.push(String(chunk))).pipe(sent);
  });
  const links = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on('upgrade', (asked, socket, head) => {
    links.handleUpgrade(asked, socket, head, (agent) => {
      const hub = new WebSocket(`ws://127.0.0.1:${target}${asked.url}`, { perMessageDeflate: false });
      const early: string[] = [];
      agents.add(agent);
      const end = () => {
        agents.delete(agent);
        agent.terminate();
        hub.terminate();
      };
      for (const side of [agent, hub]) side.on('error', end).once('close', end);
      hub.once('open', () => {
        for (const text of early.splice(0)) hub.send(text);
      });
      hub.on('message', (data) => {
        const text = String(data);
        texts.push(text);
        hubFrames.push(JSON.parse(text));
        if (agent.readyState === WebSocket.OPEN) agent.send(text);
      });
      hub.on('ping', () => agent.readyState === WebSocket.OPEN && agent.ping());
      agent.on('message', (data) => {
        texts.push(String(data));
        const frame: Frame = JSON.parse(String(data));
        const heard = waiting.get(frame['id']);
        if (heard !== undefined) {
          waiting.delete(frame['id']);
          return heard(frame);
        }
        const changed = change(frame);
        if (changed === null) return;
        const text = JSON.stringify(changed);
        if (hub.readyState === WebSocket.OPEN) hub.send(text);
        else early.push(text);
      });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    aim(port) {
      target = port;
    },
    seen: () => texts.join('\n'),
    fromHub: () => hubFrames,
    sayToAgent(frame) {
      const { promise, resolve } = Promise.withResolvers<Frame>();
      waiting.set(frame['id'], resolve);
      for (const agent of agents) agent.send(JSON.stringify(frame));
      return promise;
    },
    onAgentSays(next) {
      change = next;
    },
    cut() {
      for (const agent of agents) agent.terminate();
    },
    async close() {
      for (const agent of agents) agent.terminate();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}
