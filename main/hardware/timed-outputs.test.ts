import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject, Plan } from '../../drivers/kit/index.ts';
import type { DeviceEvent } from './device-side.ts';
import { type Bench, openBench, ticket } from './testing/bench.ts';

let bench: Bench;
afterEach(() => bench.close());

type OutputEvent = Extract<DeviceEvent, { readonly type: 'output' }>;

interface BoardState {
  readonly relays: readonly { readonly relay: number; readonly on: boolean }[];
  readonly commands: readonly { readonly command: string }[];
}

const config = { board: 'devantech-rly08', accept_agent_timed: true, lock_channels: [1, 2] };

/** A board on a wire, with a supply of its own, and its connector. */
async function mount(simulated: JsonObject = {}, settings: JsonObject = config, more: object = {}): Promise<string> {
  const options = { board: String(settings['board']), own_supply: true, ...simulated };
  bench = await openBench([{ name: 'lock', listing: 'cn-lock-relay', options }]);
  const id = await bench.bind('lock', 'cn-lock-relay', settings, more);
  await bench.until(id, 'ready');
  return id;
}

const board = () => bench.device('lock').state() as unknown as BoardState;
const on = () => board().relays.flatMap(({ relay, on: isOn }) => (isOn ? [relay] : []));
const commands = () => board().commands.map(({ command }) => command);

async function planned(connectorId: string, args: JsonObject): Promise<Plan> {
  const { plan } = await bench.side.prepare({ connectorId, tool: 'access.unlock', arguments: args });
  if (plan === null) throw new Error('no plan');
  return plan;
}

/** Begins to unlock, and gives the turn back. */
async function begin(connectorId: string, journalId: string, args: JsonObject) {
  const plan = await planned(connectorId, args);
  const { turnId } = await bench.side.openTurn({ connectorId, ...ticket() });
  const witness = await bench.side.check({ turnId, tool: 'access.unlock', plan });
  const permit = bench.permits.mint(journalId, plan);
  const answer = await bench.side.act({ turnId, tool: 'access.unlock', plan, witness, permit });
  await bench.side.closeTurn({ turnId });
  return answer;
}

const released = async (journalId: string): Promise<OutputEvent> => {
  const fits = (event: DeviceEvent): event is OutputEvent =>
    event.type === 'output' && event.journalId === journalId && event.release.state === 'released';
  const already = bench.events.find(fits);
  if (already !== undefined) return already;
  const event = await bench.nextEvent(fits);
  if (!fits(event)) throw new Error('unreachable');
  return event;
};

describe('a timed output', () => {
  it('is on when act answers, and off by itself, read back, when its time is up', async () => {
    const id = await mount();
    expect(await begin(id, 'jr_1', { duration_ms: 150 })).toMatchObject({ outcome: 'applied', held: true });
    expect(on()).toEqual([1]);
    expect(await released('jr_1')).toMatchObject({
      connectorId: id,
      release: { reason: 'due', evidence: 'read_back' },
    });
    expect(on()).toEqual([]);
  });

  it('is switched off while somebody else has the turn, and others wait for it', async () => {
    const id = await mount();
    await begin(id, 'jr_1', { duration_ms: 150 });
    const { turnId } = await bench.side.openTurn({ connectorId: id, ...ticket() });
    let read = false;
    const waiting = bench.side.read({ connectorId: id, tool: 'relay.read', arguments: {}, ...ticket() }).then(() => {
      read = true;
    });
    await released('jr_1');
    expect({ on: on(), read }).toEqual({ on: [], read: false });
    await bench.side.closeTurn({ turnId });
    await waiting;
  });

  it('leaves the port to others meanwhile: another lock of the same board opens and closes', async () => {
    const id = await mount();
    await begin(id, 'jr_1', { channel: 1, duration_ms: 2_000 });
    await begin(id, 'jr_2', { channel: 2, duration_ms: 120 });
    await released('jr_2');
    expect(on()).toEqual([1]);
    await bench.side.releaseOutputs({ connectorId: id });
    expect(on()).toEqual([]);
  });

  it('that nobody confirms is off at once, and so is one that is refused after it was sent', async () => {
    const id = await mount();
    bench.device('lock').change({ stuck: [1] });
    expect(await begin(id, 'jr_1', { duration_ms: 20_000, channel: 1 }).catch((error) => error)).toMatchObject({
      code: 'invalid_arguments',
    });
    expect(await begin(id, 'jr_2', { duration_ms: 9_000 })).toMatchObject({
      outcome: 'failed',
      sent: true,
      held: true,
    });
    expect(await released('jr_2')).toMatchObject({ release: { reason: 'in_doubt' } });
    expect(commands().slice(-2)).toEqual(['6F', '5B']);
  });

  it('is off before its device is given back', async () => {
    const id = await mount();
    await begin(id, 'jr_1', { duration_ms: 9_000 });
    await bench.side.unbind({ connectorId: id });
    expect(on()).toEqual([]);
    expect(await released('jr_1')).toMatchObject({ release: { reason: 'called_off' } });
  });

  it('is off before everything ends', async () => {
    const id = await mount();
    await begin(id, 'jr_1', { duration_ms: 9_000 });
    await bench.side.close();
    expect(on()).toEqual([]);
  });

  it('of a board that answers nothing is told twice to go off, and that is all that is known', async () => {
    const id = await mount({}, { board: 'lcus-2', accept_agent_timed: true });
    expect(await bench.side.healthCheck({ connectorId: id, insist: true, ...ticket() })).toEqual({ answered: false });
    expect(commands()).toEqual([]);
    expect(await begin(id, 'jr_1', { duration_ms: 150 })).toMatchObject({ evidence: 'transmitted' });
    expect(await released('jr_1')).toMatchObject({ release: { evidence: 'transmitted' } });
    await expect.poll(commands, { interval: 5 }).toEqual(['A0 01 01 A2', 'A0 01 00 A1', 'A0 01 00 A1']);
  });
});

describe('an output that an earlier run left on', () => {
  it('is switched off before the board is asked anything, who it is and how it is', async () => {
    bench = await openBench([
      { name: 'lock', listing: 'cn-lock-relay', options: { board: 'devantech-rly08', own_supply: true, on: [1] } },
    ]);
    const plan: Plan = {
      summary: 'Open lock 1',
      frames: [{ bytes: Uint8Array.of(0x65), label: 'relay 1 on' }],
      data: { board: 'devantech-rly08', channel: 1, duration_ms: 3_000 },
      timed: { holdMs: 3_000, release: [{ bytes: Uint8Array.of(0x6f), label: 'relay 1 off' }] },
    };
    const releases = [{ journalId: 'jr_old', plan, permit: bench.permits.mintRelease('jr_old', plan) }];
    const id = await bench.bind('lock', 'cn-lock-relay', { ...config, accept_agent_timed: false }, { releases });
    await bench.until(id, 'ready');
    expect(commands().slice(0, 2)).toEqual(['6F', '5B']);
    expect(await released('jr_old')).toMatchObject({ release: { reason: 'in_doubt', evidence: 'read_back' } });
    expect(on()).toEqual([]);
  });
});
