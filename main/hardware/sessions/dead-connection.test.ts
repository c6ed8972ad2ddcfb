import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AgentError, formatTcpAddress } from '../../../drivers/kit/index.ts';
import { printerEscpos } from '../../../drivers/printer-escpos/index.ts';
import type { Device } from '../device.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { noWireTap } from '../wire/wire-taps.ts';
import type { ExchangeTerms } from './exchange.ts';
import type { PortState } from './port-session.ts';
import { createPorts, type Ports } from './ports.ts';

let server: Server;
let path: string;
let clock: ManualClock;
let ports: Ports;
let connections: number;
const states: PortState[] = [];

const device = (): Device => ({
  id: 'dev_1',
  parent: null,
  bus: 'tcp',
  path,
  unit: null,
  present: true,
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
  holder: null,
  problem: null,
  found: null,
  first_seen_at: '',
  last_seen_at: '',
});
const terms: ExchangeTerms = {
  deviceName: 'the printer',
  signal: null,
  resynchronisation: { type: 'quiet', quietMs: 0 },
  beforeWrite: () => {},
  afterReply: () => {},
};

beforeEach(async () => {
  connections = 0;
  states.length = 0;
  // Takes every connection, and never says anything.
  server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  path = formatTcpAddress({ host: '127.0.0.1', port: address.port });
  clock = createManualClock();
  ports = createPorts({
    devices: {
      get: device,
      reportDescriptor: () => null,
      rescan: async () => {},
      recordBorrowed: async () => {},
      recordPrinterId: () => {},
      setProblem: () => {},
      recordIdentification: async () => device(),
    },
    explanations: {
      findPortHolder: async () => null,
      explainPermission: async () => ({ reason: 'permission_denied', message: '', hint: '' }),
    },
    clock,
    log: () => {},
    causes: { lost: () => 'cause_1', back: () => {} },
    beforeUse: () => null,
    maxPorts: 2,
    describe: (lane) => lane,
  });
});
afterEach(async () => {
  await ports.close();
  server.close();
});

it('is made anew when it brings nothing for 25 s though it was asked, once for each such time', async () => {
  const use = ports.use({
    portId: 'dev_1',
    path,
    link: 'tcp',
    driver: printerEscpos,
    settings: null,
    userName: 'printer',
    tap: noWireTap,
  });
  use.session.watch((state) => void states.push(state));
  const opened = async () => (await use.session.line(new AbortController().signal)).engine;
  /** Asks in vain; its error. */
  const ask = async () => {
    const engine = await opened();
    const silent = engine
      .exchange(
        {
          bytes: Uint8Array.of(0x10, 4, 1),
          label: 'status',
          replyTimeoutMs: 1_000,
          match: () => ({ kind: 'incomplete' }),
        },
        terms,
      )
      .catch((error: unknown) => AgentError.from(error));
    // The write is the system's, so its end is awaited; the time-out is ours.
    for (let count = 0; count < 5; count += 1) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_001);
    await clock.poll();
    return silent;
  };
  expect(await ask()).toMatchObject({ code: 'no_reply' });
  await clock.advance(20_000);
  expect(await ask()).toMatchObject({ code: 'no_reply' });
  expect(states.filter(({ type }) => type === 'down')).toEqual([]);

  await clock.advance(5_000);
  const reopened = new Promise<void>((resolve) => {
    const stop = use.session.watch((state) => {
      if (state.type !== 'open') return;
      stop();
      resolve();
    });
  });
  expect(await ask()).toMatchObject({ code: 'no_reply' });
  await reopened;
  const down = states.find((state) => state.type === 'down');
  expect(down).toMatchObject({ error: { code: 'no_reply', details: { reason: 'half_open' } } });
  await vi.waitFor(() => expect(connections).toBe(2));
  // The new one gets its time too.
  expect(await ask()).toMatchObject({ code: 'no_reply' });
  expect(use.session.state().type).toBe('open');
});
