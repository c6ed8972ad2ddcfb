import { concatBytes, encodeLatin1, type JsonObject } from '../kit/index.ts';
import type { Send, SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { toPng } from './drawing/png.ts';
import { type Command, readCommand } from './simulator/commands.ts';
import { createMechanics } from './simulator/mechanics.ts';
import { changeSchema, optionsSchema, type SimulatorOptions, viewSchema } from './simulator/options.ts';
import { createPaper, type PrintedReceipt } from './simulator/paper.ts';
import { findRealTime } from './simulator/real-time.ts';

/** Receipts that are kept with their paper; older ones are only counted. */
const RECEIPTS_KEPT = 50;

/**
 * A receipt printer. It obeys real-time commands wherever they stand, also inside pictures and while it can't print; all else
 * waits in its buffer until cover, paper and cutter are in order. `state()` counts what left it, by content: `receipts_total`
 * and `receipts` (sequence, digest of the dots, text), `drawer_pulses_total` and `drawer_pulses`. `view` gives a receipt
 * as PNG, drawn from the received bytes.
 */
export const printerEscposSimulator: SimulatorModel = {
  listing: 'cn-printer-escpos',
  create: (options) => createSimulatedPrinter(optionsSchema.parse(options)),
};

interface KeptReceipt extends PrintedReceipt {
  readonly sequence: number;
}

interface Pulse {
  readonly [key: string]: number | string;
  readonly sequence: number;
  readonly pin: number;
  readonly on_ms: number;
  readonly by: 'ESC p' | 'DLE DC4';
}

function createSimulatedPrinter(options: SimulatorOptions): SimulatedDevice {
  const mechanics = createMechanics(options);
  const paper = createPaper(options.head_width_dots);
  const receipts: KeptReceipt[] = [];
  const pulses: Pulse[] = [];
  let receiptsTotal = 0;
  let lostBytes = 0;
  let buffer: Uint8Array = new Uint8Array();
  let realTimeRest: Uint8Array = new Uint8Array();
  let automaticStatus = options.automatic_status;
  let printedMs = 0;
  let say: Send = () => {};

  const answer = (bytes: Uint8Array, delayMs = 0): void => {
    if (options.answers !== 'mute') say(bytes, delayMs);
  };
  const pulse = (pin: number, onMs: number, by: Pulse['by']): void => {
    pulses.push({ sequence: pulses.length + 1, pin, on_ms: onMs, by });
    mechanics.pulse();
    tellChange();
  };
  const tellChange = (): void => {
    if (automaticStatus) answer(mechanics.automaticStatus());
  };

  const obeyRealTime = (command: Uint8Array): void => {
    const [, kind, n, pin, time] = command;
    if (kind === 0x04 && n !== undefined) answer(Uint8Array.of(mechanics.statusByte(n)));
    if (kind === 0x05 || (kind === 0x14 && n === 8)) buffer = new Uint8Array();
    if (kind === 0x14 && n === 1) pulse(pin === 1 ? 5 : 2, (time ?? 0) * 100, 'DLE DC4');
  };

  const tell = (command: Command, delayMs: number): void => {
    if (command.kind === 'tell_paper') answer(Uint8Array.of(mechanics.paperByte()), delayMs);
    const knowsAll = options.answers === 'all';
    if (command.kind === 'tell_process' && knowsAll && options.process_id) {
      answer(concatBytes(Uint8Array.of(0x37, 0x22), command.id, Uint8Array.of(0)), delayMs);
    }
    if (command.kind !== 'tell_info') return;
    if (command.n < 65) answer(Uint8Array.of(command.n === 1 ? 0x20 : 0x02), delayMs);
    const { firmware, maker, model, serial } = options;
    const text = { 65: firmware, 66: maker, 67: model, 68: serial, 69: '' }[command.n];
    if (text !== undefined && knowsAll) {
      answer(concatBytes(Uint8Array.of(0x5f), encodeLatin1(text), Uint8Array.of(0)), delayMs);
    }
  };

  const carryOut = (command: Command): void => {
    const moved = paper.print(command);
    mechanics.consumeLines(moved);
    printedMs += moved * options.line_ms;
    if (command.kind === 'pulse') pulse(command.pin, command.onMs, 'ESC p');
    if (command.kind === 'set' && command.what === 'automatic_status') {
      automaticStatus = command.value !== 0;
      tellChange();
    }
    if (command.kind === 'cut') {
      const receipt = paper.cut();
      if (receipt === null) return;
      receiptsTotal += 1;
      receipts.push({ ...receipt, sequence: receiptsTotal });
      if (receipts.length > RECEIPTS_KEPT) receipts.shift();
    }
    tell(command, printedMs);
    if (command.kind.startsWith('tell_')) printedMs = 0;
  };

  const work = (): void => {
    while (mechanics.canPrint()) {
      const read = readCommand(buffer);
      if (read === null) return;
      buffer = buffer.subarray(read.length);
      carryOut(read.command);
      if (!mechanics.canPrint()) tellChange();
    }
  };

  const describe = ({ sequence, text, digest, heightDots }: KeptReceipt): JsonObject => ({
    sequence,
    text,
    digest,
    height_dots: heightDots,
  });

  return {
    receive(bytes, send) {
      say = send;
      const { commands, rest } = findRealTime(concatBytes(realTimeRest, bytes));
      realTimeRest = rest;
      const room = Math.max(0, options.buffer_bytes - buffer.length);
      lostBytes += Math.max(0, bytes.length - room);
      buffer = concatBytes(buffer, bytes.subarray(0, room));
      work();
      for (const command of commands) obeyRealTime(command);
    },
    powerOn(send) {
      say = send;
      realTimeRest = new Uint8Array();
      tellChange();
    },
    state: () => ({
      ...mechanics.state(),
      model: options.model,
      serial: options.serial,
      receipts_total: receiptsTotal,
      receipts: receipts.map(describe),
      uncut_text: paper.current().text,
      drawer_pulses_total: pulses.length,
      drawer_pulses: pulses.slice(-RECEIPTS_KEPT),
      buffered_bytes: buffer.length,
      lost_bytes: lostBytes,
    }),
    change(change) {
      const parsed = changeSchema.parse(change);
      if (parsed.power_cycle === true) {
        buffer = new Uint8Array();
        realTimeRest = new Uint8Array();
        paper.reset();
      }
      mechanics.change(parsed);
      tellChange();
      work();
    },
    view(request) {
      const { receipt: wanted = receiptsTotal } = viewSchema.parse(request);
      const found = wanted === 0 ? paper.current() : receipts.find(({ sequence }) => sequence === wanted);
      if (found === undefined) throw new RangeError(`there is no receipt ${wanted}; ${receiptsTotal} were printed`);
      const png = Buffer.from(toPng(found.canvas));
      return {
        media_type: 'image/png',
        data: png.toString('base64'),
        width_dots: found.canvas.widthDots,
        height_dots: found.heightDots,
        text: found.text,
        digest: found.digest,
      };
    },
  };
}
