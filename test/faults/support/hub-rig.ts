import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../../main/api/client.ts';
import { type EffectObject, effectSchema } from '../../../main/api/schemas/index.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { type HubProcess, startHubProcess } from '../../whole/support/hub-process.ts';
import { eventually } from '../../whole/support/wires.ts';
import { judge } from '../kills/judge.ts';
import { pushes } from '../loads/pushes.ts';
import { scale } from '../loads/scale.ts';
import { type Bench, openBench } from './bench.ts';
import { connectorIds } from './connector-ids.ts';
import { rowsByKey, toRow } from './journal.ts';

/** For whatever comes by itself, on a machine that does much else. */
const PATIENCE_MS = 120_000;
const TENANT = 'acme';

/** Where a rig's two sides run. */
export interface HubRigOptions {
  /** What the hub is started with. */
  readonly hub?: Partial<Parameters<typeof startHubProcess>[0]>;
  readonly agent?: { readonly wrap?: readonly string[]; readonly environment?: Readonly<Record<string, string>> };
  /** What stands between the two, once the hub's address is known: the address that the agent uses. */
  readonly between?: (hubUrl: string) => string;
  /** The folder for what belongs to the rig, before anything is started in it. */
  readonly prepare?: (folder: string) => Omit<HubRigOptions, 'prepare'>;
}

/** A hub, a machine with a scale and a scanner that is paired with it, and an account of all that was asked and scanned. */
export interface HubRig {
  readonly bench: Bench;
  agent(): AgentProcess;
  hub(): HubProcess;
  /** Whoever looks after the hub, within the tenant. */
  admin(): ApiClient;
  /** Starts the hub anew, after it has ended, at the address it had. */
  restartHub(): Promise<void>;
  /** Scans something new every `everyMs`; returns what ends that. */
  scanEvery(everyMs: number): () => Promise<void>;
  /** Asks the hub for a side effect with a key, once; null when no answer came or none that says how it ended. */
  ask(): { readonly key: string; readonly told: Promise<EffectObject | null> };
  /** Asks for those without an answer again, with their keys, until each has one. */
  askAgain(): Promise<void>;
  linkState(): Promise<string>;
  /** Resolves when the link stands and the hub shows the connectors as connected. */
  linked(): Promise<void>;
  /** Resolves when both sides know that it does not. */
  apart(): Promise<void>;
  /** Rejects with what was done twice or is unaccounted for, and with what scan or outcome the hub has not, or has twice. */
  account(): Promise<void>;
  close(): Promise<void>;
}

interface Asked {
  readonly key: string;
  readonly value: string;
  readonly mark: string;
  told: EffectObject | null;
}

/** Starts it, and pairs the two. */
export async function openHubRig(given: HubRigOptions = {}): Promise<HubRig> {
  const bench = await openBench([scale, pushes]);
  const closers: (() => Promise<unknown>)[] = [() => bench.close()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const options = given.prepare?.(bench.folder) ?? given;
    const hubDir = join(bench.folder, 'hub');
    let hub = await startHubProcess({ dataDir: hubDir, ...options.hub });
    closers.push(() => hub.stop());
    const hubUrl = hub.url;
    const origin = options.between?.(hubUrl) ?? hubUrl;
    if (origin !== hubUrl) {
      await hub.stop();
      hub = await startHubProcess({ dataDir: hubDir, ...options.hub, origin, port: Number(new URL(hubUrl).port) });
    }
    const agent = await bench.start(options.agent);
    await hub.api.createTenant(TENANT);
    const { token = '' } = await hub
      .admin(TENANT)
      .createEnrolment({ name_pattern: '*', uses: 1, expires_in_ms: 86_400_000 });
    await agent.api.beginPairing({ origin, name: 'bench', enrolment_token: token });
    const ids = await connectorIds(agent);
    const scaleId = ids.get(scale.connector) ?? '';
    const asked: Asked[] = [];
    let scanned = 0;

    const admin = () => hub.admin(TENANT);
    const askOnce = async (one: Asked): Promise<EffectObject | null> => {
      const client = admin();
      try {
        const body = {
          tool: 'scale.tare',
          arguments: { action: 'preset', value: one.value, unit: 'kg', idempotency_key: one.key },
        };
        const answer = await client.callTool(scaleId, body, { timeoutMs: PATIENCE_MS });
        const told = answer.kind === 'read' ? null : effectSchema.parse(answer.result);
        if (one.told !== null) assert.equal(told?.outcome, one.told.outcome, `${one.key} ended in two ways`);
        one.told = told;
        return told;
      } catch (error) {
        const { code } = AgentError.from(error);
        assert(
          ['connector_upstream_error', 'agent_unreachable', 'deadline_exceeded'].includes(code),
          `${one.key} was answered with ${code}: ${AgentError.from(error).message}`,
        );
        return null;
      } finally {
        client.close();
      }
    };
    const linkState = async () => (await agent.api.getCloud()).link.state;
    const agentState = async () => (await admin().listAgents())[0]?.state;
    const events = () => readEvents(admin());

    return {
      bench,
      agent: () => agent,
      hub: () => hub,
      admin,
      async restartHub() {
        const { port } = new URL(hubUrl);
        hub = await startHubProcess({ dataDir: hubDir, ...options.hub, origin, port: Number(port) });
      },
      scanEvery(everyMs) {
        const stop = new AbortController();
        const scanning = (async () => {
          while (!stop.signal.aborted) {
            scanned += 1;
            await bench.simulators.change('scanner', { scan: `SCAN-${scanned}` });
            await delay(everyMs, undefined, { signal: stop.signal }).catch(() => {});
          }
        })();
        const end = async () => {
          stop.abort();
          await scanning;
        };
        closers.push(end);
        return end;
      },
      ask() {
        const value = (1 + (asked.length + 1) / 1_000).toFixed(3);
        const one: Asked = { key: `ask-${asked.length + 1}`, value, mark: `TA ${value} kg`, told: null };
        asked.push(one);
        return { key: one.key, told: askOnce(one) };
      },
      async askAgain() {
        for (const one of asked) {
          if (one.told !== null) continue;
          await eventually(`an answer to ${one.key}`, PATIENCE_MS, () => askOnce(one));
        }
      },
      linkState,
      async linked() {
        await eventually('the link stands', PATIENCE_MS, async () => (await linkState()) === 'up');
        await eventually('the hub shows the scale as connected', PATIENCE_MS, async () =>
          (await admin().listConnectors()).some(({ id, status }) => id === scaleId && status === 'connected'),
        );
      },
      async apart() {
        await eventually('the machine knows of it', PATIENCE_MS, async () => (await linkState()) !== 'up');
        await eventually('the hub knows of it', PATIENCE_MS, async () => (await agentState()) === 'offline');
      },
      async account() {
        // Each once more: what was done is not done again, and the answer is the same.
        for (const one of asked) await eventually(`${one.key} again`, PATIENCE_MS, () => askOnce(one));
        const rows = await rowsByKey(agent, Number.POSITIVE_INFINITY);
        const state = await bench.simulators.state(scale.device.name);
        const verdict = judge(
          asked.map(({ key, mark, value, told }) => ({
            ...{ key, mark, first: null, last: told, row: toRow(rows.get(key)) },
            shown: scale.shows(state, { tool: 'scale.tare', arguments: { action: 'preset', value }, mark }),
          })),
          { before: [], after: scale.received(state) },
        );
        assert.deepEqual(verdict.wrong, []);
        assert.equal(verdict.doubled + verdict.unaccounted, 0);
        assert(verdict.applied > 0, 'nothing was done at all');

        const applied = asked.flatMap(({ told }) =>
          told?.outcome === 'applied' && told.journal_id !== null ? [told.journal_id] : [],
        );
        await eventually('the hub has every scan, or knows that it is lost', PATIENCE_MS, async () => {
          const { seqs, lost, effects } = await events();
          const told = new Set([...seqs, ...lost]);
          return told.size >= scanned && applied.every((id) => effects.includes(id));
        });
        const { seqs, texts, lost, effects } = await events();
        assert.equal(new Set(seqs).size, seqs.length, 'an event is at the hub twice');
        assert.equal(new Set(texts).size, texts.length, 'a scan is at the hub twice');
        assert.equal(seqs.filter((seq) => lost.includes(seq)).length, 0, 'an event is there and told as lost');
        const every = [...seqs, ...lost].sort((left, right) => left - right);
        assert.deepEqual(
          every,
          Array.from({ length: scanned }, (_, index) => index + 1),
        );
        for (const id of applied) {
          assert.equal(effects.filter((effect) => effect === id).length, 1, `the outcome of ${id} is not there once`);
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `use` on a rig that is closed whatever happens. */
export async function withHubRig(options: HubRigOptions, use: (rig: HubRig) => Promise<void>): Promise<void> {
  const rig = await openHubRig(options);
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

const pageSchema = z.object({
  data: z.array(
    z.object({ event_type: z.string(), correlation_id: z.string(), payload: z.record(z.string(), z.unknown()) }),
  ),
  next_cursor: z.string().nullable(),
});
const scanSchema = z.object({ seq: z.int(), data: z.object({ text: z.string() }) });
const lostSchema = z.object({ stream: z.string(), data: z.object({ first_seq: z.int(), last_seq: z.int() }) });

/** Scans and outcomes as the hub has them, and the numbers of scans that it was told are lost. */
async function readEvents(client: ApiClient) {
  const seqs: number[] = [];
  const texts: string[] = [];
  const lost: number[] = [];
  const effects: string[] = [];
  try {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: z.output<typeof pageSchema> = pageSchema.parse(
        await client.request('GET', `/v1/events?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      for (const { event_type: type, correlation_id: correlation, payload } of page.data) {
        if (type === 'effect.applied') effects.push(correlation);
        if (type === 'scan.received') {
          const { seq, data } = scanSchema.parse(payload);
          seqs.push(seq);
          texts.push(data.text);
        }
        if (type !== 'events.lost') continue;
        const { stream, data } = lostSchema.parse(payload);
        if (!stream.startsWith('scan')) continue;
        for (let seq = data.first_seq; seq <= data.last_seq; seq += 1) lost.push(seq);
      }
      cursor = page.next_cursor;
    }
  } finally {
    client.close();
  }
  return { seqs, texts, lost, effects };
}
