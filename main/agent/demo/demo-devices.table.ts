import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { ConfiguredPath, InstallRule } from '../../config/index.ts';

/** One simulated device of the demonstration, or one bus with several. */
export interface DemoDevice {
  /** Name at the simulator host, and of the wire's path. */
  readonly name: string;
  readonly listing: string;
  /** Default: a pseudo-terminal. */
  readonly link?: 'tcp';
  readonly simulator: JsonObject;
  readonly declared: ConfiguredPath['declared'];
  readonly units: readonly number[];
  /** The connectors to install on it. */
  readonly rules: readonly { readonly unit?: number; readonly name: string; readonly config: InstallRule['config'] }[];
}

/**
 * What `--demo` shows: a balance, a bus with a relay board and a climate sensor, a lock on a door, and two receipt printers:
 * one on a serial port that says when it has printed, with a drawer, and a plain one on the network.
 */
export const demoDevices: readonly DemoDevice[] = [
  {
    name: 'scale',
    listing: 'cn-scale-sics',
    simulator: { serial: 'B123456789', gross: '12.480', unit: 'kg' },
    declared: { manufacturer: 'Mettler-Toledo', product: 'MS32001L balance (MT-SICS)', serial_number: 'DEMO-SCALE-1' },
    units: [],
    rules: [{ name: 'front-scale', config: {} }],
  },
  {
    name: 'bus',
    listing: 'cn-modbus',
    simulator: {
      units: [
        { address: 1, map: 'waveshare-relay-8' },
        { address: 2, map: 'xy-md02' },
      ],
    },
    declared: { manufacturer: 'Demo', product: 'RS-485 adapter, Modbus RTU', serial_number: 'DEMO-BUS-1' },
    units: [1, 2],
    rules: [
      { unit: 1, name: 'relay-board', config: { map: 'waveshare-relay-8' } },
      { unit: 2, name: 'climate', config: { map: 'xy-md02' } },
    ],
  },
  {
    name: 'till',
    listing: 'cn-printer-escpos',
    simulator: { head_width_dots: 512, model: 'TM-T88V', serial: 'SIM0000001', drawer_open_level: 'high' },
    declared: { manufacturer: 'EPSON', product: 'TM-T88V receipt printer, ESC/POS', serial_number: 'DEMO-TILL-1' },
    units: [],
    rules: [{ name: 'receipt-printer', config: { columns: 42, drawer_open_level: 'high' } }],
  },
  {
    name: 'kitchen',
    listing: 'cn-printer-escpos',
    link: 'tcp',
    simulator: { head_width_dots: 384, process_id: false, maker: 'Demo', model: 'POS-58', serial: 'SIM0000002' },
    declared: { manufacturer: 'Demo', product: 'POS-58 receipt printer, ESC/POS', serial_number: 'DEMO-KITCHEN-1' },
    units: [],
    rules: [{ name: 'kitchen-printer', config: { columns: 32, drawer: false, cutter: true } }],
  },
  {
    name: 'lock',
    listing: 'cn-lock-relay',
    simulator: { board: 'devantech-rly08', own_supply: true },
    declared: { manufacturer: 'Devantech Ltd.', product: 'USB-RLY08', serial_number: 'DEMO-LOCK-1' },
    units: [],
    rules: [{ name: 'front-door', config: { board: 'devantech-rly08', accept_agent_timed: true } }],
  },
];
