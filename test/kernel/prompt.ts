/** `npm run bench:kernel`: the guest of the tests by hand, with a prompt to plug and unplug things. */
import { createInterface } from 'node:readline/promises';
import type { JsonObject } from '../../drivers/kit/index.ts';
import { simulatorModels } from '../../drivers/simulators.ts';
import { makeFtdiAdapter } from './bench/ftdi-adapter.ts';
import { bootGuest } from './bench/guest.ts';
import { startGuestAgent } from './bench/guest-agent.ts';
import { whyNoGuest } from './bench/packages.ts';
import { makeBridge } from './bench/usb/bridge.ts';
import { makeAcmDevice } from './bench/usb/cdc-acm.ts';
import { ch341 } from './bench/usb/ch341.ts';
import { cp210x } from './bench/usb/cp210x.ts';
import { pl2303 } from './bench/usb/pl2303.ts';
import { makePrinter } from './bench/usb/printer.ts';

const help = `plug NAME LISTING [ftdi PORT | acm | cp210x | ch341 | pl2303 | printer] [SERIAL|-] [JSON]   make a simulated device and plug it in
                                   plug scale cn-scale-sics ftdi 1 A9000001 {"gross":"2.50"}
                                   plug relays cn-modbus acm - {"units":[{"address":1,"map":"waveshare-relay-8"}]}
                                   plug till cn-printer-escpos printer P0001 {"model":"TM-T88V"}
unplug NAME / replug NAME        pull it out, put it back
state NAME / change NAME JSON    what a person in front of it sees, or does: change scale {"gross":"3.00"}
edge ARGUMENTS                   the command line against the agent in the guest: edge devices
sh COMMAND                       in the guest: sh ls -l /dev/serial/by-id
console, help, exit`;

interface Plugged {
  readonly plug: () => Promise<void>;
  readonly unplug: () => Promise<void>;
  readonly device: ReturnType<(typeof simulatorModels)[number]['create']>;
}

const reason = whyNoGuest();
if (reason !== null) {
  console.error(`No guest here: ${reason}`);
  process.exit(1);
}
console.log('Booting a Debian kernel in an emulator, and the agent in it (10 s to a minute)…');
const guest = await bootGuest();
const plugged = new Map<string, Plugged>();
try {
  const agent = await startGuestAgent(guest);
  console.log(`The agent in the guest answers at ${agent.url}.\n${help}`);
  const prompt = createInterface({ input: process.stdin, output: process.stdout, prompt: 'kernel> ' });
  let isOpen = true;
  prompt.once('close', () => {
    isOpen = false;
  });
  prompt.prompt();
  for await (const line of prompt) {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'exit') break;
    try {
      await execute(words, (...args) => agent.edge(...args));
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
    }
    // Piped input may have ended before its last line was carried out.
    if (isOpen) prompt.prompt();
  }
  prompt.close();
} finally {
  await guest.end();
}

async function execute(words: readonly string[], edge: Awaited<ReturnType<typeof startGuestAgent>>['edge']) {
  const [command = '', name = '', ...rest] = words;
  switch (command) {
    case '':
      return;
    case 'plug':
      return plug(name, rest);
    case 'unplug':
      return find(name).unplug();
    case 'replug':
      return find(name).plug();
    case 'state':
      return console.log(find(name).device.state());
    case 'change':
      return find(name).device.change?.(JSON.parse(rest.join(' ')));
    case 'edge': {
      const { stdout, stderr } = await edge(...words.slice(1));
      return console.log(`${stdout}${stderr}`.trimEnd());
    }
    case 'sh': {
      const { stdout, stderr } = await guest.control.run(['sh', '-c', words.slice(1).join(' ')]);
      return console.log(`${stdout}${stderr}`.trimEnd());
    }
    case 'console':
      return console.log(guest.console());
    default:
      console.log(help);
  }
}

async function plug(name: string, [listing = '', kind = 'acm', ...rest]: readonly string[]) {
  const model = simulatorModels.find((each) => each.listing === listing);
  if (model === undefined) {
    throw new Error(
      `No simulator of ${JSON.stringify(listing)}; there is ${simulatorModels.map((each) => each.listing).join(', ')}.`,
    );
  }
  const port = kind === 'ftdi' ? (rest.shift() ?? '1') : '';
  const serial = rest[0]?.startsWith('{') ? '-' : (rest.shift() ?? '-');
  const options: JsonObject = rest.length === 0 ? {} : JSON.parse(rest.join(' '));
  const device = model.create(options);
  const identity = { vendorId: 0x2341, productId: 0x0043, product: name, ...(serial === '-' ? {} : { serial }) };
  const cable = await makeCable();
  async function makeCable(): Promise<Pick<Plugged, 'plug' | 'unplug'>> {
    switch (kind) {
      case 'ftdi':
        return makeFtdiAdapter(guest, { port, serial }, device);
      case 'cp210x':
        return makeBridge(guest, cp210x(serial), device);
      case 'ch341':
        return makeBridge(guest, ch341(), device);
      case 'pl2303':
        return makeBridge(guest, pl2303(), device);
      case 'printer':
        return makePrinter(guest, identity, {
          deviceId: 'MFG:ACME;CMD:ESC/POS;MDL:TP-80;CLS:PRINTER;',
          behind: device,
        });
      default:
        return makeAcmDevice(guest, identity, [device]);
    }
  }
  plugged.set(name, { plug: cable.plug, unplug: cable.unplug, device });
  await cable.plug();
}

function find(name: string): Plugged {
  const found = plugged.get(name);
  if (found === undefined) throw new Error(`Nothing is called ${JSON.stringify(name)}: plug it first.`);
  return found;
}
