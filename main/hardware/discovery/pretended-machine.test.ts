import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AdapterPlace, createPretendedUsb } from './testing/pretended-adapter.ts';

/** Debian's own: others lack its bindings. */
const python = '/usr/bin/python3';
const canPretend =
  spawnSync('umockdev-wrapper', [python, '-c', "import gi; gi.require_version('UMockdev', '1.0')"]).status === 0;
if (!canPretend) {
  process.stderr.write(
    'skipped: a pretended machine: umockdev is missing: apt-get install umockdev python3-gi gir1.2-umockdev-1.0 udev\n',
  );
}

const text = z.string().nullable();
const lineSchema = z.object({
  at: z.number(),
  devices: z.array(
    z.object({
      ...{ id: z.string(), path: z.string(), present: z.boolean(), parent: text, cause: text },
      ...{ serial: text, place: text, part: text, confidence: z.string(), unsure: z.boolean() },
    }),
  ),
});
type Device = z.output<typeof lineSchema>['devices'][number];

/** The registry on a machine of umockdev's making, whose changes it hears of through Linux's own `udevadm`. */
describe.skipIf(!canPretend)('a pretended machine', { timeout: 60_000 }, () => {
  let machine: ChildProcess;
  let devices: readonly Device[] | null = null;
  let usb = createPretendedUsb();
  let wake = () => {};
  beforeEach(async () => {
    devices = null;
    usb = createPretendedUsb();
    const watcher = join(import.meta.dirname, 'testing', 'watch-pretended-machine.ts');
    const driver = join(import.meta.dirname, 'testing', 'pretended-machine.py');
    machine = spawn('umockdev-wrapper', [python, driver, process.execPath, watcher], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (machine.stdout === null) throw new Error('no output');
    createInterface({ input: machine.stdout }).on('line', (line) => {
      devices = lineSchema.parse(JSON.parse(line)).devices;
      wake();
    });
    await until('it has begun', (shown) => shown.length === 0);
  });
  afterEach(async () => {
    machine.stdin?.end();
    if (machine.exitCode === null && machine.signalCode === null) await once(machine, 'exit');
  });

  const tell = (command: { readonly add: string; readonly nodes: readonly string[] } | { readonly remove: string }) =>
    machine.stdin?.write(`${JSON.stringify(command)}\n`);
  const until = async (what: string, holds: (shown: readonly Device[]) => boolean): Promise<readonly Device[]> => {
    const patience = setTimeout(() => {
      wake = () => {};
      machine.kill();
    }, 50_000);
    try {
      while (devices === null || !holds(devices)) {
        if (machine.exitCode !== null || machine.signalCode !== null) {
          throw new Error(`not so: ${what}; there is ${JSON.stringify(devices)}`);
        }
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), once(machine, 'exit')]);
      }
      return devices;
    } finally {
      clearTimeout(patience);
    }
  };
  /** Plugs in; the devices at these places once they are there. */
  const plug = async (...places: readonly AdapterPlace[]): Promise<readonly Device[]> => {
    tell({ add: usb.plug(places), nodes: places.map(({ name }) => name) });
    const paths = places.map(({ name }) => `/dev/${name}`);
    const there = (shown: readonly Device[]) => shown.filter(({ path, present }) => present && paths.includes(path));
    const shown = await until(`${paths.join(', ')} are there`, (all) => there(all).length === paths.length);
    return paths.flatMap((path) => there(shown).filter((device) => device.path === path));
  };
  const unplug = async (...places: readonly AdapterPlace[]): Promise<readonly Device[]> => {
    for (const remove of usb.unplug(places)) tell({ remove });
    const paths = places.map(({ name }) => `/dev/${name}`);
    return until(
      `${paths.join(', ')} are gone`,
      (all) => !all.some((each) => each.present && paths.includes(each.path)),
    );
  };
  const ids = (shown: readonly Device[]) => shown.map(({ id }) => id);
  const at = (sockets: string, part = '1.0') => `pci-0000:00:14.0-usb-0:${sockets}:${part}`;

  it('shows twins by their places, and a missing or a dummy serial number as nothing to go by', async () => {
    const [first, second] = [
      { socket: '1', name: 'ttyUSB0', serial: 'TWIN7' },
      { socket: '2', name: 'ttyUSB1', serial: 'TWIN7' },
    ];
    const [alone] = await plug(first);
    expect(alone).toMatchObject({ serial: 'TWIN7', place: at('1'), confidence: 'serial' });
    const [twin] = await plug(second);
    const others = await plug({ socket: '3', name: 'ttyUSB2' }, { socket: '4', name: 'ttyUSB3', serial: '0001' });
    expect(others.map(({ serial, confidence }) => [serial, confidence])).toEqual([
      [null, 'port'],
      ['0001', 'port'],
    ]);
    const shown = await until('twins', (all) => all.filter(({ confidence }) => confidence === 'port').length === 4);
    expect(ids(shown.filter(({ serial }) => serial === 'TWIN7'))).toEqual(
      ids([alone, twin].flatMap((each) => each ?? [])),
    );

    // Away, and back under each other's names: the places are known, the units are for a person to say.
    await unplug(first, second);
    const back = await plug({ ...second, name: 'ttyUSB0' }, { ...first, name: 'ttyUSB1' });
    expect(back.map(({ id, unsure }) => [id, unsure])).toEqual([
      [twin?.id, true],
      [alone?.id, true],
    ]);
  });

  it('knows a unit with a serial number in any socket and under any name, and its replacement as another', async () => {
    const scale = { socket: '1', name: 'ttyUSB0', serial: 'A9SCALE1' };
    const bus = { socket: '2', name: 'ttyUSB1', serial: 'A9BUS001' };
    const before = await plug(scale, bus);
    await unplug(scale, bus);
    const after = await plug({ ...bus, name: 'ttyUSB0' }, { ...scale, socket: '3', name: 'ttyUSB1' });
    expect(ids(after)).toEqual(ids(before).reverse());
    expect(after.map(({ place, unsure }) => [place, unsure])).toEqual([
      [at('2'), false],
      [at('3'), false],
    ]);
    const [replacement] = await plug({ socket: '1', name: 'ttyUSB2', serial: 'A9OTHER1' });
    expect(ids(before)).not.toContain(replacement?.id);
  });

  it('knows a unit without a serial number by its socket, and as a new one in another', async () => {
    const silent = { socket: '1', name: 'ttyUSB0' };
    const [before] = await plug(silent);
    await unplug(silent);
    const [back] = await plug({ ...silent, name: 'ttyUSB5' });
    expect(back).toMatchObject({ id: before?.id, unsure: true });
    await unplug({ ...silent, name: 'ttyUSB5' });
    const [moved] = await plug({ ...silent, socket: '2' });
    expect(moved?.id).not.toBe(before?.id);
  });

  it('shows the ports of a composite unit as devices of one unit', async () => {
    const ports = ['0', '2'].map((part, index) => ({ socket: '1', name: `ttyACM${index}`, serial: 'COMPO1', part }));
    const shown = await plug(...ports);
    expect(shown.map(({ part, confidence }) => [part, confidence])).toEqual([
      ['00', 'serial'],
      ['02', 'serial'],
    ]);
    expect(new Set(shown.map(({ parent }) => parent)).size).toBe(1);
    await unplug(...ports);
    const [left, right] = ports.map((port, index) => ({ ...port, name: `ttyACM${1 - index}` }));
    if (left === undefined || right === undefined) throw new Error('two ports');
    expect(ids(await plug(left, right))).toEqual(ids(shown));
  });

  it('gives what hung on a hub one cause, and what was pulled beside it another', async () => {
    const hub = ['5.1', '5.2', '5.3.1'].map((socket, index) => ({
      socket,
      name: `ttyUSB${index}`,
      serial: `A9HUB00${index}`,
    }));
    const beside = { socket: '6', name: 'ttyUSB7', serial: 'A9BESIDE' };
    await plug(...hub, beside);
    await unplug(...hub, beside);
    // Each is told by itself, and all are gone already when the first is.
    const shown = await until('each has its cause', (all) => all.every(({ cause }) => cause !== null));
    const causes = (serials: readonly string[]) =>
      new Set(shown.filter(({ serial }) => serials.includes(serial ?? '')).map(({ cause }) => cause));
    const behind = causes(hub.map(({ serial }) => serial));
    expect([...behind]).toEqual([expect.stringMatching(/^cause_/)]);
    expect(behind).not.toContain([...causes(['A9BESIDE'])][0]);
  });
});
