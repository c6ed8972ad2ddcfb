import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SimulatedDevice } from '../../drivers/kit/simulator/simulated-device.ts';
import type { DeviceObject } from '../../main/api/schemas/index.ts';
import { addHub, makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest, type Guest } from './bench/guest.ts';
import { type GuestAgent, startGuestAgent } from './bench/guest-agent.ts';
import { describeOnKernel } from './bench/on-kernel.ts';
import { eventually } from './bench/patience.ts';
import { makeAcmDevice } from './bench/usb/cdc-acm.ts';

const mute: SimulatedDevice = { receive: () => {}, state: () => ({}) };

describeOnKernel('identity, on a real kernel', () => {
  let guest: Guest;
  let agent: GuestAgent;
  beforeAll(async () => {
    guest = await bootGuest();
    agent = await startGuestAgent(guest);
  });
  afterAll(async () => {
    await guest?.end();
  });

  /** The devices there now that call themselves `product`, or wear this serial number; once there are `count`. */
  const shown = (mark: string, count: number) =>
    eventually(`${count} × ${mark}`, async () => {
      const found = (await agent.api.listDevices())
        .filter(({ descriptor, present }) => present && [descriptor.product, descriptor.serial_number].includes(mark))
        .sort((left, right) => (left.descriptor.topology ?? '').localeCompare(right.descriptor.topology ?? ''));
      return found.length === count && found;
    });
  const only = async (mark: string): Promise<DeviceObject> => {
    const [device] = await shown(mark, 1);
    if (device === undefined) throw new Error(`no ${mark}`);
    return device;
  };
  const acm = (product: string, serial?: string, ports = 1) =>
    makeAcmDevice(
      guest,
      { vendorId: 0x2341, productId: 0x0043, product, ...(serial === undefined ? {} : { serial }) },
      Array.from({ length: ports }, () => mute),
    );

  it('knows a unit with a serial number of its own in every socket, and its replacement as another', async () => {
    const inFirst = await makeFtdiAdapter(guest, { port: '1', serial: 'A9MOVES1' }, mute);
    await inFirst.plug();
    const before = await only('A9MOVES1');
    expect(before.identity).toMatchObject({ confidence: 'serial', needs_confirmation: false });
    await inFirst.remove();
    await shown('A9MOVES1', 0);

    const replacement = await makeFtdiAdapter(guest, { port: '1', serial: 'A9OTHER1' }, mute);
    await replacement.plug();
    const other = await only('A9OTHER1');
    expect(other.path).toBe(before.path);
    expect(other.id).not.toBe(before.id);

    const inSecond = await makeFtdiAdapter(guest, { port: '2', serial: 'A9MOVES1' }, mute);
    await inSecond.plug();
    const after = await only('A9MOVES1');
    expect(after.id).toBe(before.id);
    expect(after.identity).toMatchObject({ confidence: 'serial', needs_confirmation: false });
    expect(after.descriptor.topology).not.toBe(before.descriptor.topology);
    await Promise.all([replacement.remove(), inSecond.remove()]);
  });

  it('knows twins by their sockets, and asks a person after they were away', async () => {
    await addHub(guest, '5');
    const first = await makeFtdiAdapter(guest, { port: '5.1', serial: 'TWIN0007' }, mute);
    const second = await makeFtdiAdapter(guest, { port: '5.2', serial: 'TWIN0007' }, mute);
    await first.plug();
    const alone = await only('TWIN0007');
    expect(alone.identity.confidence).toBe('serial');
    await second.plug();
    const together = await shown('TWIN0007', 2);
    expect(together.map(({ identity }) => identity.confidence)).toEqual(['port', 'port']);
    // The one that stayed in its socket is certainly still itself.
    expect(together[0]).toMatchObject({ id: alone.id, identity: { needs_confirmation: false } });

    await Promise.all([first.unplug(), second.unplug()]);
    await shown('TWIN0007', 0);
    // Back in the other order: the names are swapped, and so may the units be. The sockets are not.
    await second.plug();
    await shown('TWIN0007', 1);
    await first.plug();
    const back = await shown('TWIN0007', 2);
    expect(back.map(({ id }) => id)).toEqual(together.map(({ id }) => id));
    expect(back.map(({ path }) => path)).toEqual(together.map(({ path }) => path).reverse());
    expect(back.map(({ identity }) => identity.needs_confirmation)).toEqual([true, true]);
    expect(back[0]?.identity.explanation).toContain('the socket is known, not the unit');

    const { status } = await agent.api.confirmDevice(back[0]?.id ?? '').then(
      (device) => ({ status: device.identity.needs_confirmation }),
      (error) => ({ status: error }),
    );
    expect(status).toBe(false);
    await Promise.all([first.remove(), second.remove()]);
  });

  it('knows a unit without a serial number, or with a known dummy, by its socket alone', async () => {
    const [occupant, silent, dummy] = [acm('occupant', 'OCC1'), acm('silent'), acm('dummy', '0001')];
    await occupant.plug();
    await only('occupant');
    await silent.plug();
    const before = await only('silent');
    await dummy.plug();
    const marked = await only('dummy');
    for (const device of [before, marked]) {
      expect(device.identity).toMatchObject({ confidence: 'port', needs_confirmation: false });
    }

    await silent.unplug();
    await shown('silent', 0);
    await silent.plug();
    const back = await only('silent');
    expect(back.id).toBe(before.id);
    // Its socket is known; that it is the same unit is for a person to say.
    expect(back.identity).toMatchObject({ confidence: 'port', needs_confirmation: true });

    // Into the socket that came free, under the name that it had: a new device all the same.
    await silent.unplug();
    await occupant.unplug();
    await shown('silent', 0);
    await shown('occupant', 0);
    await silent.plug();
    const moved = await only('silent');
    expect(moved.descriptor.topology).not.toBe(before.descriptor.topology);
    expect(moved.id).not.toBe(before.id);
    await Promise.all([silent.unplug(), dummy.unplug()]);
    await shown('silent', 0);
  });

  it('gives two like units without serial numbers no common name', async () => {
    const [left, right] = [acm('pair'), acm('pair')];
    await left.plug();
    const first = await only('pair');
    await right.plug();
    const both = await shown('pair', 2);
    await left.unplug();
    const [stayed] = await shown('pair', 1);
    expect(stayed?.id).toBe(both.find(({ id }) => id !== first.id)?.id);
    await right.unplug();
    await shown('pair', 0);
  });

  it('shows each port of a composite unit as a device of one unit, and knows each again', async () => {
    const composite = acm('composite', 'COMPO0001', 2);
    await composite.plug();
    const before = await shown('composite', 2);
    expect(new Set(before.map(({ parent }) => parent)).size).toBe(1);
    expect(before.map(({ descriptor }) => descriptor.interface)).toEqual(['00', '02']);
    expect(before.map(({ identity }) => identity.confidence)).toEqual(['serial', 'serial']);
    await composite.unplug();
    await shown('composite', 0);
    await composite.plug();
    const after = await shown('composite', 2);
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.map(({ identity }) => identity.needs_confirmation)).toEqual([false, false]);
    await composite.unplug();
  });
});
