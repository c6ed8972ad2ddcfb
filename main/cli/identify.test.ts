import { afterEach, describe, expect, it } from 'vitest';
import type { IdentifyBody, IdentifyReportObject } from '../api/schemas/index.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentDouble, startAgentDouble } from './testing/agent-double.ts';
import { sampleDevice } from './testing/sample-objects.ts';

let agent: AgentDouble | null = null;
afterEach(async () => {
  await agent?.close();
  agent = null;
});

const attempt = {
  listing: 'cn-scale-sics',
  line: '9600 8N1',
  unit: null,
  outcome: 'planned',
  message: null,
  risks: ['a customer display would show "I4"'],
  frames: ['49 34 0D 0A'],
} as const;
const nothing: IdentifyReportObject = {
  object: 'identify_report',
  device: sampleDevice,
  listing: null,
  recognised: false,
  identification: null,
  error: null,
  config: {},
  exchanges: [],
  attempts: [attempt],
  left_out: [{ listing: 'cn-lock-relay', reason: 'Never asked.' }],
  warnings: ['A cash drawer may open.'],
};
const found: IdentifyReportObject = {
  ...nothing,
  listing: 'cn-scale-sics',
  recognised: true,
  identification: { manufacturer: null, model: 'XS204', protocolSerial: 'B1', details: {} },
  config: { baud_rate: 9600, parity: 'none' },
  exchanges: [
    {
      label: 'read the serial number (I4)',
      sent: '49 34',
      received: '49 34 20',
      listing: 'cn-scale-sics',
      line: '9600 8N1',
    },
  ],
};

/** An agent that answers a dry run with a plan, and all else with a scale. */
async function start() {
  const bodies: IdentifyBody[] = [];
  agent = await startAgentDouble({
    listDevices: async () => [sampleDevice],
    getDevice: async () => sampleDevice,
    async identifyDevice(_principal, _id, body, _signal, onProgress) {
      bodies.push(body);
      if (body.dry_run === true) return nothing;
      onProgress?.({ done: 0, total: 2, listing: 'cn-printer-escpos', line: '9600 8N1', unit: null });
      onProgress?.({ done: 1, total: 2, listing: 'cn-modbus', line: '19200 8E1', unit: 1 });
      return found;
    },
  });
  return { agent, bodies };
}

const path = sampleDevice.path;

describe('identify', () => {
  it.each([['identify'], ['devices', 'identify']])(
    '%s tells how far it is, then what was found and every byte',
    async (...command) => {
      const {
        agent: { run },
        bodies,
      } = await start();
      const { code, out, err } = await run(...command.filter((word) => word !== undefined), path);
      expect(code).toBe(exitCodes.ok);
      expect(err).toContain('1 of 2: cn-printer-escpos, 9600 8N1');
      expect(err).toContain('2 of 2: cn-modbus, 19200 8E1, unit 1');
      expect(out).toMatch(/recognised: +yes, as cn-scale-sics/);
      expect(out).toMatch(/settings: +baud_rate=9600 parity=none/);
      expect(out).toMatch(/I4\) +49 34 +49 34 20/);
      expect(bodies).toEqual([{}]);
    },
  );

  it('shows with --dry-run what would be sent, what is not asked, and what may happen', async () => {
    const {
      agent: { run },
      bodies,
    } = await start();
    const { code, out } = await run('identify', path, '--dry-run');
    expect(code).toBe(exitCodes.ok);
    expect(out).toContain('49 34 0D 0A');
    expect(out).toContain('cn-lock-relay: Never asked.');
    expect(out).toContain('a customer display would show "I4"');
    expect(out).toContain('A cash drawer may open.');
    expect(bodies).toEqual([{ dry_run: true }]);
  });

  it('asks a person at a terminal first, and sends nothing on a no', async () => {
    const {
      agent: { runWith },
      bodies,
    } = await start();
    const no = await runWith({ kind: 'typed', lines: ['n'] }, 'identify', path);
    expect(no.code).toBe(exitCodes.failure);
    expect(no.out).toContain('49 34 0D 0A');
    expect(bodies).toEqual([{ dry_run: true }]);
    expect((await runWith({ kind: 'typed', lines: ['y'] }, 'identify', path)).code).toBe(exitCodes.ok);
    expect((await runWith({ kind: 'typed', lines: [] }, 'identify', path, '--yes')).code).toBe(exitCodes.ok);
    expect(bodies).toEqual([{ dry_run: true }, { dry_run: true }, {}, {}]);
  });

  it('asks as one listing without a question, with its settings', async () => {
    const {
      agent: { run },
      bodies,
    } = await start();
    const listing = ['--listing', 'cn-scale-sics', '--config', '{"baud_rate": 2400}'];
    expect((await run('identify', path, ...listing, '--json')).code).toBe(exitCodes.ok);
    expect(bodies).toEqual([{ listing: 'cn-scale-sics', config: { baud_rate: 2400 } }]);
    expect((await run('identify', path, '--config', '[1]')).code).toBe(exitCodes.usage);
  });

  it('gives the report as one JSON document', async () => {
    const {
      agent: { run },
    } = await start();
    expect(JSON.parse((await run('identify', path, '--json')).out)).toEqual(found);
  });
});
