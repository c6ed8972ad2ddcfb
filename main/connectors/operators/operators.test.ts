import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { forced } from '../installing/forced-uninstall.ts';
import { openJournal } from '../journal/open-journal.ts';
import { admin, type Bench, openBench } from '../testing/bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const create = (name: string, ...capabilities: string[]) => bench.service.operators.create({ name, capabilities });

describe('operators', () => {
  test('are kept across a crash, newest first, each capability once', async () => {
    const first = await create('packing', 'relay.set', 'relay.read', 'relay.set');
    const second = await create('doors', 'access.unlock');
    await bench.service.operators.change(second.id, { status: 'paused' });
    await bench.restart({ crash: true });
    const kept = bench.service.operators.all();
    expect(kept.map(({ id, status }) => [id, status])).toEqual([
      [second.id, 'paused'],
      [first.id, 'active'],
    ]);
    expect(first.id).toMatch(/^op_[0-9a-f]{32}$/);
    expect(kept[1]?.capabilities).toEqual(['relay.read', 'relay.set']);
    await bench.service.operators.remove(first.id);
    await bench.restart({ crash: true });
    expect(bench.service.operators.all().map(({ id }) => id)).toEqual([second.id]);
  });

  test('are made in one commit with what is written alongside, or not at all', async () => {
    const note = (id: string) => ({
      sql: "INSERT INTO settings (key, value) VALUES ('note', :id)",
      parameters: { id },
    });
    const made = await bench.service.operators.create({ name: 'a', capabilities: ['x.y'] }, ({ id }) => [note(id)]);
    const kept = () =>
      bench.store.state.read(z.object({ value: z.string() }), "SELECT value FROM settings WHERE key = 'note'");
    expect(kept()).toEqual([{ value: made.id }]);
    // The same row again can't be written, and so nothing is.
    const again = bench.service.operators.create({ name: 'b', capabilities: ['x.y'] }, ({ id }) => [note(id)]);
    await expect(again).rejects.toMatchObject({ code: 'state_conflict' });
    expect(bench.service.operators.all().map(({ name }) => name)).toEqual(['a']);
    await bench.store.state.write([{ sql: "DELETE FROM settings WHERE key = 'note'" }]);
  });

  test('have names of their own; what does not exist is not_found', async () => {
    const { id } = await create('packing', 'relay.set');
    const other = await create('doors', 'relay.set');
    await expect(create('packing', 'relay.read')).rejects.toMatchObject({ code: 'state_conflict' });
    await expect(bench.service.operators.change(other.id, { name: 'packing' })).rejects.toMatchObject({
      code: 'state_conflict',
    });
    expect((await bench.service.operators.change(id, { name: 'packing' })).name).toBe('packing');
    await expect(bench.service.operators.change('op_none', { status: 'paused' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(bench.service.operators.remove('op_none')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a connector in use', () => {
  test('is kept, with the words of the API and the dependents in the details', async () => {
    const relay = await bench.installRelay();
    const { id } = await create('packing', 'relay.set', 'label.print');
    await expect(bench.service.remove(relay.id, admin)).rejects.toMatchObject({
      code: 'connector_in_use',
      message: `relay.set is fulfilled only by ${relay.id}; operators ${id} depend on it.`,
      details: { capabilities: ['relay.set'], operators: [id] },
    });
    expect(bench.service.get(relay.id).status).toBe('connected');
    expect(bench.devices.bindings.size).toBe(1);
  });

  test('names every capability and every operator that would lose one', async () => {
    const relay = await bench.installRelay();
    const first = await create('a', 'relay.set');
    const second = await create('b', 'relay.read', 'relay.set');
    await create('c', 'label.print');
    await expect(bench.service.remove(relay.id, admin)).rejects.toMatchObject({
      message: `relay.read, relay.set are fulfilled only by ${relay.id}; operators ${second.id}, ${first.id} depend on them.`,
      details: { capabilities: ['relay.read', 'relay.set'], operators: [second.id, first.id] },
    });
  });

  test('goes once its operators are paused, changed or gone', async () => {
    for (const release of [
      (id: string) => bench.service.operators.change(id, { status: 'paused' }),
      (id: string) => bench.service.operators.change(id, { capabilities: ['label.print'] }),
      (id: string) => bench.service.operators.remove(id),
    ]) {
      const relay = await bench.installRelay();
      const { id } = await create(`for ${relay.id}`, 'relay.set');
      await expect(bench.service.remove(relay.id, admin)).rejects.toMatchObject({ code: 'connector_in_use' });
      await release(id);
      await bench.service.remove(relay.id, admin);
      expect(bench.service.list()).toEqual([]);
    }
  });

  test('is replaced by another without any change of the operator', async () => {
    const old = await bench.installRelay('dev_a');
    await create('packing', 'relay.set');
    const other = await bench.installRelay('dev_b');
    await bench.service.remove(old.id, admin);
    await expect(bench.service.remove(other.id, admin)).rejects.toMatchObject({ code: 'connector_in_use' });
  });

  test('is not replaced by one that does not work; one that does not work either may go', async () => {
    const working = await bench.installRelay('dev_a');
    bench.world.silent.add('dev_b');
    const broken = await bench.installRelay('dev_b');
    expect(bench.service.get(broken.id).status).toBe('error');
    await create('packing', 'relay.set');
    await expect(bench.service.remove(working.id, admin)).rejects.toMatchObject({
      code: 'connector_in_use',
      hint: expect.stringContaining('Relay dev_b'),
    });
    await bench.service.remove(broken.id, admin);
    expect(bench.service.list().map(({ id }) => id)).toEqual([working.id]);
  });

  test('two that both do not work stand in for each other, the last of them stays', async () => {
    bench.world.silent.add('dev_a').add('dev_b');
    const first = await bench.installRelay('dev_a');
    const second = await bench.installRelay('dev_b');
    await create('packing', 'relay.set');
    await bench.service.remove(first.id, admin);
    await expect(bench.service.remove(second.id, admin)).rejects.toMatchObject({ code: 'connector_in_use' });
  });

  test('is kept for an operator that came first, and goes before one that came second, when both come at once', async () => {
    const kept = await bench.installRelay();
    const [operator, removal] = await Promise.allSettled([
      create('first', 'relay.set'),
      bench.service.remove(kept.id, admin),
    ]);
    expect([operator.status, removal.status]).toEqual(['fulfilled', 'rejected']);
    await bench.service.operators.remove(bench.service.operators.all()[0]?.id ?? '');
    const both = await Promise.allSettled([bench.service.remove(kept.id, admin), create('second', 'relay.set')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(bench.service.list()).toEqual([]);
  });
});

describe('uninstalled although its hub could not be asked', () => {
  const unaskedHub = 'https://hub.example.com';

  test('is in the journal with who did it, and is gone', async () => {
    const { id, name } = await bench.installRelay();
    await bench.service.remove(id, admin, { unaskedHub });
    expect(bench.service.list()).toEqual([]);
    expect(bench.service.journal({ limit: 10 })).toMatchObject([
      {
        connector_id: id,
        connector_name: name,
        tool: 'connector.uninstall',
        caller: admin.id,
        arguments: { forced: true, hub: unaskedHub },
        state: 'applied',
        sent: false,
        evidence: null,
      },
    ]);
    await bench.restart({ crash: true });
    expect(bench.service.journal({ limit: 10 })).toHaveLength(1);
  });

  test('is told as failed when it stays, and not at all when an operator here needs it', async () => {
    const { id } = await bench.installRelay();
    const operator = await create('packing', 'relay.set');
    await expect(bench.service.remove(id, admin, { unaskedHub })).rejects.toMatchObject({ code: 'connector_in_use' });
    expect(bench.service.journal({ limit: 10 })).toEqual([]);
    await bench.service.operators.remove(operator.id);
    const journal = openJournal({
      database: bench.store.journal,
      epoch: bench.service.epoch().epoch,
      clock: bench.clock,
      onChange: () => {},
    });
    const full = new AgentError('store_unavailable', 'the disk is full');
    const attempt = forced(journal, { id, name: 'relay', deviceId: null }, admin, unaskedHub, () =>
      Promise.reject(full),
    );
    await expect(attempt).rejects.toBe(full);
    expect(bench.service.journal({ limit: 10 })).toMatchObject([{ state: 'failed', sent: false }]);
    await bench.service.remove(id, admin);
    expect(bench.service.journal({ limit: 10 })).toHaveLength(1);
  });

  test.each([
    ['gone', true, 'applied'],
    ['still there', false, 'failed'],
  ])('is told as it is after a kill: %s', async (_what, removes, state) => {
    const { id, name } = await bench.installRelay();
    const journal = openJournal({
      database: bench.store.journal,
      epoch: bench.service.epoch().epoch,
      clock: bench.clock,
      onChange: () => {},
    });
    const reached = Promise.withResolvers<void>();
    void forced(journal, { id, name, deviceId: null }, admin, unaskedHub, async () => {
      if (removes) await bench.service.remove(id, admin);
      reached.resolve();
      await new Promise(() => {});
    });
    await reached.promise;
    await bench.restart({ crash: true });
    await vi.waitFor(() => expect(bench.service.journal({ limit: 10 })).toMatchObject([{ state, sent: false }]));
    expect(bench.service.list()).toHaveLength(removes ? 0 : 1);
  });
});
