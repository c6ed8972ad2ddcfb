import { z } from 'zod';
import type { Load } from './load.ts';

/** Room for the marks of one receipt, should a broken-off one be on the same paper. */
const MARKS_PER_RECEIPT = 100;

const stateSchema = z.object({
  receipts_total: z.int(),
  receipts: z.array(z.object({ sequence: z.int(), text: z.string() })),
  uncut_text: z.string(),
});

const marksIn = (text: string) => [...text.matchAll(/Receipt \d{8}/g)].map(([mark]) => mark);

/** A receipt printer with a response of its own to each job: up to three receipts are printed, each once, while it is asked how it is. */
export const receipts: Load = {
  name: 'receipts',
  connector: 'receipts',
  device: {
    name: 'receipts',
    listing: 'cn-printer-escpos',
    simulator: {},
    declared: { manufacturer: 'EPSON', product: 'TM-T88V', serial_number: 'BENCH-RECEIPTS-1' },
    units: [],
    rules: [{ name: 'receipts', config: {} }],
  },
  asks: (random) =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const mark = `Receipt ${String(Math.floor(random() * 1e8)).padStart(8, '0')}`;
      const content = [
        { type: 'text', text: mark, align: 'center', width: 2, height: 2 },
        { type: 'columns', cells: [{ text: 'Coffee' }, { text: '2.50', width: 8, align: 'right' }] },
        { type: 'qr', data: mark.replace('Receipt ', 'R-') },
      ];
      return { tool: 'receipt.print', arguments: { content }, mark };
    }),
  readings: [
    {
      tool: 'printer.read',
      problem: ({ ready }) => (ready === true ? null : 'it does not say that it is ready'),
    },
  ],
  received(state) {
    const { receipts_total: total, receipts: cut, uncut_text: uncut } = stateSchema.parse(state);
    return [
      ...cut.map(({ sequence, text }) => ({ sequence, text, done: true })),
      { sequence: total + 1, text: uncut, done: false },
    ].flatMap(({ sequence, text, done }) =>
      marksIn(text).map((mark, index) => ({ sequence: sequence * MARKS_PER_RECEIPT + index, mark, done })),
    );
  },
  // What is on the paper is what was received: nothing else shows.
  shows: () => false,
};
