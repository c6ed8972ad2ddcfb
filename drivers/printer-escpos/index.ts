import { type Driver, defineDriver } from '../kit/index.ts';
import { drawerTool } from './drawer-tool.ts';
import { fingerprints } from './fingerprints.table.ts';
import { disturbedBy, firstQuestions } from './first-questions.ts';
import { healthCheck, identify } from './identify.ts';
import { optionsSchema } from './options.ts';
import { openPrinter } from './printer.ts';
import { isHarmless } from './questions.ts';
import { readTool } from './read-tool.ts';
import { receiptTool } from './receipt-tool.ts';

/** Status bytes don't say which question they answer: one that comes late would be taken for the next. */
const LATE_MS = 2_000;

/** Receipt printers that speak ESC/POS. */
export const printerEscpos: Driver = defineDriver({
  id: 'cn-printer-escpos',
  version: '1.0.0',
  title: 'Receipt printer (ESC/POS)',
  summary: 'Receipt printers that speak ESC/POS, on USB, a serial port or the network: receipts, cash drawer, state.',
  category: 'printer',
  models: [
    'Epson TM-T20, TM-T70, TM-T82, TM-T88, TM-m10, TM-m30, TM-L90, TM-P20',
    'Bixolon SRP-275, SRP-330, SRP-350; Citizen CT-S310; Metapace T-1; Fujitsu FP-1000; HP A779',
    'Xprinter XP-N160, XP-T80; POS-5890, POS-8360, MPT-II, Sunmi and others that imitate Epson',
    'Star BSC10 and others set to ESC/POS mode',
  ],
  manuals: [
    'Epson ESC/POS Command Reference: DLE EOT, GS a, GS I, GS r, GS ( H, ESC p, GS k, GS ( k, GS v 0',
    'Bixolon SRP-350 Command Manual, pages 8 and 9',
  ],
  links: {
    serial: {
      // A receipt is longer than a printer's buffer: without flow control its end is lost without a word.
      defaults: { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'rts_cts' },
    },
    tcp: {},
    usb_printer: {},
  },
  bus: null,
  options: optionsSchema,
  fingerprints,
  capabilities: ['drawer.open', 'printer.read', 'receipt.print'],
  isHarmless,
  tools(context) {
    const printer = openPrinter(context);
    const { drawer } = printer.options;
    const reads = printer.asks !== 'nothing';
    return [...(drawer ? [drawerTool(printer)] : []), ...(reads ? [readTool(printer)] : []), receiptTool(printer)];
  },
  // Every answer of one byte looks like another: only silence tells that none is on its way.
  resynchronise: () => ({ type: 'quiet', quietMs: 150, lateMs: LATE_MS }),
  identify,
  firstQuestions,
  disturbedBy,
  healthCheck,
  isMute: (context) => openPrinter(context).asks === 'nothing',
});
