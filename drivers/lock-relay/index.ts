import {
  AgentError,
  type Driver,
  type DriverContext,
  defineDriver,
  type Identification,
  type Link,
  type Tool,
} from '../kit/index.ts';
import { readStates } from './board-states.ts';
import { boardNames, boardOf } from './boards.table.ts';
import { isHarmless } from './dialects/index.ts';
import { disturbedBy } from './disturbance.ts';
import { fingerprints } from './fingerprints.table.ts';
import { checkOptions, configuredBoard, optionsSchema } from './options.ts';
import { relayReadTool, relaySetTool } from './relay-tools.ts';
import { releaseLock, unlockTool } from './unlock-tool.ts';

/** The boards' small processors take one command at a time. */
const QUIET_BEFORE_SEND_MS = 5;

/** Serial and HID relay boards on a door or a gate; the board is configured, never guessed. */
export const lockRelay: Driver = defineDriver({
  id: 'cn-lock-relay',
  version: '1.0.0',
  title: 'Relay board on a door or gate',
  summary:
    'Opens electric locks for a while, and switches relays, through serial and USB relay boards of common makes.',
  category: 'lock',
  models: boardNames.map((name) => boardOf(name).title),
  manuals: [
    'LC Technology: LCUS USB switch communication protocol',
    'KMTronic: USB relay commands (info.kmtronic.com)',
    'Devantech: USB-RLY02, USB-RLY08, USB-RLY16 and USB-RLY16L technical documentation, "Commands"',
    'pavel-a/usb-relay-hid: "USB HID relay", commands and reports of dcttech boards',
    'Numato: USB relay module user guides, "Command set"',
  ],
  links: {
    serial: {
      defaults: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' },
      quietBeforeSendMs: () => QUIET_BEFORE_SEND_MS,
    },
    hid: {},
  },
  bus: null,
  options: optionsSchema,
  fingerprints,
  capabilities: ['access.unlock', 'relay.read', 'relay.set'],
  isHarmless,
  disturbedBy,
  checkOptions,
  tools,
  resynchronise: (context) => configuredBoard(context).dialect.resynchronise,
  identify,
  healthCheck,
  isMute: (context) => configuredBoard(context).dialect.readStates === null,
  release: releaseLock,
});

function tools(context: DriverContext): readonly Tool[] {
  const board = configuredBoard(context);
  const { accept_agent_timed, lock_channels } = board.options;
  return [
    ...(accept_agent_timed && lock_channels.length > 0 ? [unlockTool(board)] : []),
    ...(board.dialect.readStates === null ? [] : [relayReadTool(board)]),
    relaySetTool(board),
  ];
}

async function identify(link: Link, context: DriverContext): Promise<Identification> {
  const { dialect, title } = configuredBoard(context);
  if (dialect.identify !== null) return dialect.identify(link);
  throw new AgentError('not_supported', `${title} can't be asked what it is, so nothing was sent to it.`, {
    hint: 'Look at the board: its name is printed on it.',
  });
}

async function healthCheck(link: Link, context: DriverContext): Promise<void> {
  await readStates(configuredBoard(context), link);
}
