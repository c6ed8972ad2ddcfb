import { afterEach, describe, expect, it } from 'vitest';
import type { WireLogObject, WireRecordingBody } from '../api/schemas/index.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, startAgentDouble } from './testing/agent-double.ts';
import { sampleConnector } from './testing/sample-objects.ts';
import { wireLines } from './wire-words.ts';

let agent: AgentDouble | null = null;
afterEach(async () => {
  await agent?.close();
  agent = null;
});

const at = '2026-07-02T15:00:00.123Z';
const call = { purpose: 'read', tool: 'weight.read', journal_id: null, label: 'read the weight' } as const;
const out = { direction: 'out', at, hex: '53 49 0D 0A', omitted: 0, masked: [], call } as const;
const log = (recording: boolean, more: Partial<WireLogObject> = {}): WireLogObject => ({
  object: 'wire_log',
  connector_id: sampleConnector.id,
  recording: { on: recording, since: recording ? at : null, until: recording ? at : null, mode: 'on_request' },
  entries: recording ? [out] : [],
  cursor: 'c1',
  has_more: false,
  ...more,
});

async function start(recording = false) {
  const bodies: WireRecordingBody[] = [];
  let on = recording;
  agent = await startAgentDouble({
    listConnectors: async () => ({ items: [sampleConnector], next: null }),
    getWireLog: async () => log(on),
    async recordWire(_principal, _id, body) {
      bodies.push(body);
      on = body.recording;
      return log(on);
    },
    clearWireLog: async () => log(on, { entries: [] }),
    async followWireLog(_principal, _id, _query, _signal, take) {
      await take(log(on));
    },
  });
  return { run: agent.run, bodies };
}
const { name } = sampleConnector;

describe('a line of the wire', () => {
  it('says when, which way, what and for what; as text and as hex', () => {
    expect(wireLines(out, 'text')).toEqual([`${at}  ->  SI␍␊  (weight.read: read the weight)`]);
    expect(wireLines({ ...out, direction: 'in', call: null, omitted: 3 }, 'hex')).toEqual([
      `${at}  <-  7 bytes`,
      `    0000  53 49 0D 0A${' '.repeat(37)} SI␍␊`,
      '    … 3 more bytes, not kept',
    ]);
  });

  it('can not move the cursor of a terminal', () => {
    const evil = { ...out, hex: '1B 5B 32 4A 9B' };
    expect(wireLines(evil, 'text').join()).toContain('␛[2J·');
    const note = { direction: 'note', at, code: 'lost', text: 'gone\u001b[2J', call: null } as const;
    expect(wireLines(note, 'text').join()).not.toContain('\u001b');
  });
});

describe('connectors wire', () => {
  it('says how to begin where nothing is recorded', async () => {
    const { run } = await start();
    const { code, out: said, err } = await run('connectors', 'wire', name);
    expect([code, said]).toEqual([exitCodes.ok, '']);
    expect(err).toContain('--follow');
  });

  it('shows what is kept, also as a line of JSON each', async () => {
    const { run } = await start(true);
    expect((await run('connectors', 'wire', name, '--hex')).out).toContain('0000  53 49 0D 0A');
    const { out: said } = await run('connectors', 'wire', name, '--json');
    expect(
      said
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([out]);
  });

  it('begins before it follows, for as long as was said, and stops when it is told to', async () => {
    const { run, bodies } = await start();
    const { out: said, err } = await run('connectors', 'wire', name, '--follow', '--for', '2h');
    expect(said).toContain('SI␍␊');
    expect(err).toContain('is recorded until');
    await run('connectors', 'wire', name, '--stop');
    expect(bodies).toEqual([{ recording: true, for_s: 7_200 }, { recording: false }]);
  });

  it('leaves a recording that goes on as it is', async () => {
    const { run, bodies } = await start(true);
    await run('connectors', 'wire', name, '--follow');
    expect(bodies).toEqual([]);
  });

  it.each([[['--stop', '--clear']], [['--hex', '--text']], [['--for', '1h']]])('refuses %s', async (options) => {
    const { run, bodies } = await start();
    expect((await run('connectors', 'wire', name, ...options)).code).toBe(exitCodes.usage);
    expect(bodies).toEqual([]);
  });
});
