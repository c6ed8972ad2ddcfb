import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { createApiClient } from '../api/client.ts';
import type { StreamEvent } from '../api/schemas/index.ts';
import { sampleConnector } from '../api/testing/samples.ts';
import { startTestServer, type TestServer } from '../api/testing/test-server.ts';
import type { AgentFacts } from './agent-state.ts';
import { watchAgent } from './agent-watch.ts';
import { createManualClock } from './testing/manual-clock.ts';

let server: TestServer;
let client: ReturnType<typeof createApiClient>;
beforeEach(async () => {
  server = await startTestServer();
  client = createApiClient({ baseUrl: server.url, token: 'admin' });
});
afterEach(async () => {
  client.close();
  await server.close();
});

function watch() {
  const clock = createManualClock();
  const told: AgentFacts[] = [];
  const stop = new AbortController();
  const ended = watchAgent(client, { clock, signal: stop.signal, tell: (facts) => told.push(facts) });
  ended.catch(() => {});
  const until = async (reached: () => boolean) => {
    for (let turns = 0; turns < 5_000 && !reached(); turns += 1) await turn();
    expect(reached()).toBe(true);
  };
  return { clock, told, stop, ended, until, last: () => told.at(-1) };
}

const send = (event: StreamEvent) => server.backend.emit(event);

describe('following an agent', () => {
  it('tells the whole picture at first, and each change after that', async () => {
    server.backend.connectors = [sampleConnector({ id: 'cn_1', name: 'Front scale' })];
    const { clock, told, last, until, stop } = watch();
    await until(() => told.length === 1);
    expect(last()?.connectors).toMatchObject([{ id: 'cn_1', name: 'Front scale', state: 'ok' }]);
    expect(last()).toMatchObject({ paused: false, journalWhole: true, vaultProblem: null });

    const broken = sampleConnector({ id: 'cn_1', name: 'Front scale' });
    send({
      type: 'connector',
      connector: {
        ...broken,
        health: { ...broken.health, state: 'error', reason: 'device_unplugged', cause_id: 'hub' },
      },
    });
    await until(() => clock.nextMs() === 250);
    clock.advance(250);
    expect(last()?.connectors).toMatchObject([{ state: 'error', reason: 'device_unplugged', causeId: 'hub' }]);

    send({ type: 'connector_removed', connector_id: 'cn_1' });
    await until(() => clock.nextMs() === 250);
    clock.advance(250);
    expect(last()?.connectors).toEqual([]);
    stop.abort();
  });

  it('takes what is told while the first picture is fetched for newer than the picture', async () => {
    const sample = sampleConnector({ id: 'cn_1', name: 'Front scale' });
    server.backend.connectors = [sample];
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const { listApprovals } = server.backend;
    server.backend.listApprovals = async (...given) => {
      asked.resolve();
      await answer.promise;
      return listApprovals(...given);
    };
    const { clock, told, last, until, stop } = watch();
    await asked.promise;
    send({
      type: 'connector',
      connector: { ...sample, health: { ...sample.health, state: 'error', reason: 'device_unplugged' } },
    });
    // Once it was heard, over the socket, before the picture is whole.
    for (let turns = 0; turns < 200; turns += 1) await turn();
    answer.resolve();
    await until(() => told.length > 0 && clock.nextMs() === 250);
    clock.advance(250);
    expect(last()?.connectors).toMatchObject([{ state: 'error', reason: 'device_unplugged' }]);
    stop.abort();
  });

  it('ends when the agent ends, and when it is told to', async () => {
    const first = watch();
    await first.until(() => first.told.length === 1);
    await server.close();
    await expect(first.ended).rejects.toMatchObject({ code: 'agent_unreachable' });

    server = await startTestServer();
    client = createApiClient({ baseUrl: server.url, token: 'admin' });
    const second = watch();
    await second.until(() => second.told.length === 1);
    second.stop.abort();
    await expect(second.ended).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('asks for health by itself, and calls an agent lost that has answered nothing for a minute', async () => {
    const { clock, told, until, ended, last } = watch();
    await until(() => told.length === 1);
    const health = await client.getHealth();
    server.backend.getHealth = async () => ({
      ...health,
      vault: { ...health.vault, available: false, hint: 'The keychain is locked.' },
    });
    clock.advance(20_000);
    await until(() => clock.nextMs() === 250);
    clock.advance(250);
    expect(last()?.vaultProblem).toBe('The keychain is locked.');

    server.backend.getHealth = async () => {
      throw new AgentError('deadline_exceeded', 'No answer.');
    };
    let lost = false;
    ended.catch(() => {
      lost = true;
    });
    for (let asks = 0; asks < 8 && !lost; asks += 1) {
      await until(() => lost || clock.nextMs() !== null);
      clock.advance(20_000);
      for (let turns = 0; turns < 200; turns += 1) await turn();
    }
    await expect(ended).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });
});
