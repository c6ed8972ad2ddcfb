import { afterEach, describe, expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import { linksOf } from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import { emptyDescriptor } from '../discovery/seen-port.ts';
import { contextOf, createDriverCatalogue, systemClock } from '../sessions/index.ts';
import { type Bench, openBench, ticket } from '../testing/bench.ts';
import { planIdentification } from './plan-identification.ts';

const device: Device = {
  id: 'dev_1',
  parent: null,
  bus: 'serial',
  path: '/dev/ttyS0',
  unit: null,
  present: true,
  simulated: false,
  declared: false,
  added: false,
  descriptor: emptyDescriptor,
  identity: { confidence: 'path', explanation: '', protocol_serial: null, needs_confirmation: false },
  recognition: { listing: null, certainty: 'unclear', reason: '', candidates: [], shared_adapter: false },
  found: null,
  holder: null,
  problem: null,
  first_seen_at: '2026-01-01T00:00:00.000Z',
  last_seen_at: '2026-01-01T00:00:00.000Z',
};

/** What these can't be without. */
const needed = (listing: string, link: string) => {
  if (listing === 'cn-lock-relay')
    return { board: link === 'hid' ? 'dcttech-2' : 'numato-4', accept_agent_timed: false };
  return listing === 'cn-modbus' ? { map: 'xy-md02' } : {};
};

let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

describe('a dry run of the question who a device is, as one listing', () => {
  it('tells the frames that are really sent, and sends none of them', async () => {
    const there = await openBench([{ name: 'scale', listing: 'cn-scale-sics' }]);
    bench = there;
    const deviceId = await there.deviceId('scale');
    const request = { deviceId, listing: 'cn-scale-sics', config: { baud_rate: 9600 } };
    const before = there.device('scale').describe()['received_count'];
    const plan = await there.side.identify({ ...request, dryRun: true, ...ticket() });
    expect(there.device('scale').describe()['received_count']).toBe(before);
    expect(plan).toMatchObject({ recognised: false, error: null, exchanges: [], attempts: [{ outcome: 'planned' }] });
    const asked = await there.side.identify({ ...request, dryRun: false, ...ticket() });
    expect(asked.recognised).toBe(true);
    expect(plan.attempts[0]?.frames[0]).toBe(asked.exchanges.find(({ sent }) => sent !== '')?.sent);
    expect(plan.attempts[0]?.line).toBe('9600 8N1');
  });

  const catalogue = createDriverCatalogue(drivers);
  it.each(drivers.flatMap((driver) => linksOf(driver).map((link) => [driver.id, link, driver] as const)))(
    'of %s over %s ends, and has only harmless frames',
    async (id, link, driver) => {
      const there = { ...device, bus: link, unit: driver.bus?.minUnit ?? null };
      const context = contextOf(catalogue.parseConfig(id, needed(id, link)), there, null);
      const plan = await planIdentification(there, driver, context, systemClock);
      for (const frame of plan.attempts[0]?.frames ?? []) {
        expect(driver.isHarmless(Uint8Array.from(Buffer.from(frame.replaceAll(' ', ''), 'hex'))), frame).toBe(true);
      }
    },
  );
});
