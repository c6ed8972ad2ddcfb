import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scaleSics } from '../../../drivers/scale-sics/index.ts';
import { openPty, type Pty } from '../../../drivers/simulator-host/socat-pty.ts';
import type { Device } from '../device.ts';
import { noWireTap } from '../wire/wire-taps.ts';
import { systemClock } from './clock.ts';
import type { KnownDevices } from './device-registry.ts';
import type { PortState } from './port-session.ts';
import { createPorts, type Ports } from './ports.ts';

let folder: string;
let path: string;
let pty: Pty;
let ports: Ports;
/** Whether detection says that the device itself, and not another one, is at the path. */
let here: boolean;
let onLook: () => void;

const device = (): Device => ({
  id: 'dev_1',
  parent: null,
  bus: 'serial',
  path,
  unit: null,
  present: here,
  simulated: true,
  declared: false,
  added: false,
  descriptor: {
    vendor_id: null,
    product_id: null,
    manufacturer: null,
    product: null,
    serial_number: null,
    interface: null,
    topology: null,
    usages: [],
    ieee1284_id: null,
  },
  identity: { confidence: 'path', explanation: '', protocol_serial: null, needs_confirmation: false },
  recognition: { listing: null, certainty: 'unclear', reason: '', candidates: [], shared_adapter: false },
  found: null,
  holder: null,
  problem: null,
  first_seen_at: '',
  last_seen_at: '',
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fe-port-'));
  path = join(folder, 'port');
  here = true;
  onLook = () => {};
  pty = await openPty(path, () => {});
  const devices: KnownDevices = {
    get: device,
    reportDescriptor: () => null,
    rescan: async () => onLook(),
    recordBorrowed: async () => {},
    recordPrinterId: () => {},
    setProblem: () => {},
    recordIdentification: async () => device(),
  };
  ports = createPorts({
    devices,
    explanations: {
      findPortHolder: async () => null,
      explainPermission: async () => ({ reason: 'permission_denied', message: '', hint: '' }),
    },
    clock: systemClock,
    log: () => {},
    causes: { lost: () => 'cause_1', back: () => {} },
    beforeUse: () => null,
    maxPorts: 2,
    describe: (lane) => lane,
  });
});
afterEach(async () => {
  await ports.close();
  await pty.close();
  rmSync(folder, { recursive: true, force: true });
});

const useScale = () =>
  ports.use({
    portId: 'dev_1',
    path,
    link: 'serial',
    driver: scaleSics,
    settings: scaleSics.links.serial?.defaults ?? null,
    userName: 'scale',
    tap: noWireTap,
  });
const next = (use: ReturnType<typeof useScale>, type: PortState['type']) =>
  new Promise<PortState>((resolve) => {
    if (use.session.state().type === type) resolve(use.session.state());
    const stop = use.session.watch((state) => {
      if (state.type !== type) return;
      stop();
      resolve(state);
    });
  });

describe('the session of a port', () => {
  it('does not open what came to its path instead of its device', { timeout: 5_000 }, async () => {
    const use = useScale();
    await next(use, 'open');
    const down = next(use, 'down');
    const looked = new Promise<void>((resolve) => {
      onLook = () => {
        here = false;
        resolve();
      };
    });
    await pty.close();
    expect(await down).toMatchObject({ type: 'down', causeId: 'cause_1' });
    await looked;
    pty = await openPty(path, () => {});
    expect(use.session.state().type).toBe('down');

    here = true;
    onLook = () => {};
    ports.deviceChanged('dev_1');
    await next(use, 'open');
  });

  it('ends its line when detection says that the device is gone', { timeout: 5_000 }, async () => {
    const use = useScale();
    await next(use, 'open');
    here = false;
    ports.deviceChanged('dev_1');
    expect(use.session.state()).toMatchObject({ type: 'down', error: { code: 'device_unplugged' } });
  });

  it('is one for all who use the port, until the last one has left', { timeout: 5_000 }, async () => {
    const [first, second] = [useScale(), useScale()];
    expect(second.session).toBe(first.session);
    await next(first, 'open');
    await first.release();
    await first.release();
    expect(second.session.state().type).toBe('open');
    await second.release();
    expect(second.session.state()).toMatchObject({ type: 'down', error: { code: 'closed' } });
    const again = useScale();
    expect(again.session).not.toBe(first.session);
    await next(again, 'open');
  });

  it('rejects who waits for it to open when it is closed meanwhile', { timeout: 5_000 }, async () => {
    const use = useScale();
    const failed = expect(use.session.line(new AbortController().signal)).rejects.toMatchObject({ code: 'closed' });
    await ports.close();
    await failed;
  });
});
