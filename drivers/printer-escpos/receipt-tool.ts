import { z } from 'zod';
import {
  type ActOutcome,
  AgentError,
  defineSideEffectTool,
  type Evidence,
  type Link,
  type Resolution,
  type SideEffectTool,
  unanswered,
} from '../kit/index.ts';
import { encodeReceipt } from './encode.ts';
import { layOut, type ReceiptLayout } from './layout.ts';
import type { PrinterOptions } from './options.ts';
import { paperMoved, previewReceipt } from './preview.ts';
import { describeProblems, mintProcessId, type Printer } from './printer.ts';
import { receiptInput } from './receipt.ts';
import { receiptNotes } from './receipt-notes.ts';
import { unusable } from './refuse.ts';

/** A slow printer makes 50 mm, 400 dots, a second. */
const MS_PER_DOT = 2.5;
/** Behind a network address may be a converter that hands on 9600 baud, ten bits a byte. */
const MS_PER_BYTE = 10_000 / 9_600;
/** Beyond the printing itself (reference 5.5): warming up, cutting, what was printed before. */
const PATIENCE_MS = 10_000;

const data = z.strictObject({
  /** How long it may take to print it. */
  patience_ms: z.number(),
  length_dots: z.number(),
  missing: z.array(z.string()),
  notes: z.array(z.string()),
});

const witness = z.strictObject({
  confirmation: z.enum(['process_id', 'queue', 'none']),
  /** What the printer says when this receipt is printed; for `process_id`. */
  process_id: z.string().nullable(),
  paper: z.enum(['ok', 'near_end', 'out']).nullable(),
});

const evidences: Readonly<Record<z.output<typeof witness>['confirmation'], Evidence>> = {
  process_id: 'device_ack',
  queue: 'status_after',
  none: 'transmitted',
};

/** `receipt.print`: one frame, sent once. */
export function receiptTool(printer: Printer): SideEffectTool {
  const { options } = printer;
  const input = receiptInput(options);
  const best = !options.answers || options.confirmation === 'none' ? 'none' : options.confirmation;
  return defineSideEffectTool({
    capability: 'receipt.print',
    title: 'Print a receipt',
    description:
      `Prints text, columns, rules, barcodes, QR codes and pictures, ${options.columns} characters to a line, and cuts the ` +
      'paper. Characters that the printer does not have are printed as ? and named in the result. Refused while the cover is ' +
      'open, the paper is out, or the printer has an error. A receipt whose end is not known is never printed again.',
    input,
    output: z.strictObject({
      at: z.iso.datetime().describe('When it was known to be printed, or sent; RFC 3339 UTC'),
      length_dots: z.int().describe('Length of the receipt, in dots of the printer'),
      unprintable: z.array(z.string()).describe('Characters that were printed as ?'),
      paper: z.enum(['ok', 'near_end', 'out', 'unknown']).describe('The paper afterwards'),
      notes: z.array(z.string()),
    }),
    data,
    witness,
    testArguments: { content: [{ type: 'text', text: 'Fibric Edge' }] },
    bestEvidence: best === 'auto' ? 'device_ack' : evidences[best],
    destructive: false,
    idempotent: false,
    plan(args) {
      const layout = layOut(args, options);
      const lengthDots = requireLength(layout, options);
      const bytes = encodeReceipt(layout, options);
      return {
        summary: summarise(layout, lengthDots),
        question: `Did the receipt${quoteFirstLine(layout)} come out whole?`,
        frames: [{ bytes, label: 'print the receipt' }],
        notes: receiptNotes(layout),
        data: {
          patience_ms: Math.round(PATIENCE_MS + lengthDots * MS_PER_DOT + bytes.length * MS_PER_BYTE),
          length_dots: lengthDots,
          missing: [...layout.missing],
          notes: [...receiptNotes(layout)],
        },
      };
    },
    async preview(args) {
      const layout = layOut(args, options);
      requireLength(layout, options);
      return previewReceipt(layout, options);
    },
    async check(link) {
      const status = await printer.ready(link, 'print');
      if (status === null) return { confirmation: 'none' as const, process_id: null, paper: null };
      const confirmation = await printer.confirmation(link);
      // Found out while nothing is at stake: a printer that confirms nothing would leave every receipt in doubt.
      if (confirmation === 'queue')
        await printer.queueTaken(link, options.reply_timeout_ms).catch(explainNoConfirmation);
      const processId = confirmation === 'process_id' ? mintProcessId() : null;
      return { confirmation, process_id: processId, paper: status.paper };
    },
    async act(link, { patience_ms, length_dots, missing, notes }, plan, before): Promise<ActOutcome> {
      const [frame] = plan.frames;
      if (frame === undefined) throw new AgentError('internal_error', 'The plan of a receipt has no frame.');
      await link.exchange(unanswered(frame, patience_ms));
      const paper = await confirm(printer, link, before, patience_ms);
      return {
        outcome: 'applied',
        evidence: evidences[before.confirmation],
        result: { at: link.now(), length_dots, unprintable: missing, paper, notes },
      };
    },
    async resolve(link, _data, _plan, before): Promise<Resolution> {
      if (before.process_id === null) return { happened: 'unknown', reason: lookAtThePaper };
      // What the printer has not said yet it says before it answers this.
      const own = before.process_id;
      const next = mintProcessId();
      const heard = await printer.processId(link, next, own === next ? [own] : [own, next], PATIENCE_MS);
      if (heard === own) return { happened: true, evidence: 'device_ack' };
      return { happened: 'unknown', reason: lookAtThePaper };
    },
  });
}

const lookAtThePaper = 'A printer keeps no record of what it printed: look at the paper and settle it.';

/** Waits for the proof that was chosen; gives the paper after it. Throws what makes the outcome unknown. */
async function confirm(
  printer: Printer,
  link: Link,
  { confirmation, process_id: processId }: z.output<typeof witness>,
  timeoutMs: number,
): Promise<'ok' | 'near_end' | 'out' | 'unknown'> {
  if (confirmation === 'none') return 'unknown';
  try {
    if (processId === null) return await printer.queueTaken(link, timeoutMs);
    await printer.processId(link, processId, [processId], timeoutMs);
  } catch (error) {
    throw AgentError.is(error, 'no_reply') ? await explainDoubt(printer, link, error) : error;
  }
  // It is printed; a printer that then fails to tell about its paper does not undo that.
  return printer.status(link).then(
    (status) => status.paper,
    () => 'unknown' as const,
  );
}

/** Why the end of a receipt is not known, as far as the printer tells. */
async function explainDoubt(printer: Printer, link: Link, cause: AgentError): Promise<AgentError> {
  const seen = await printer.status(link).then(describeProblems, () => 'it answers nothing any more');
  return new AgentError(
    'no_reply',
    `The receipt was sent, and the printer did not say in time that it is printed: ${seen}.`,
    {
      hint:
        'Look at the paper, then settle this action in the journal. What it still holds it may print when it is ready again: ' +
        'do not send it a second time before that.',
      details: { ...cause.details, reason: 'not_confirmed', seen },
      cause,
    },
  );
}

function explainNoConfirmation(error: unknown): never {
  if (!AgentError.is(error, 'no_reply')) throw error;
  throw new AgentError('no_reply', `The printer does not confirm what it has taken. ${error.message}`, {
    hint: 'If it is busy with an earlier receipt, wait. If this model never confirms, set confirmation to none: receipts then count as sent, not confirmed.',
    details: { ...error.details, reason: 'no_confirmation' },
    cause: error,
  });
}

/** A slip of paper, not a roll: two metres at 8 dots a millimetre. */
const MAX_LENGTH_DOTS = 16_000;

function requireLength(layout: ReceiptLayout, options: PrinterOptions): number {
  const lengthDots = paperMoved(layout, options);
  if (lengthDots <= MAX_LENGTH_DOTS) return lengthDots;
  throw unusable(
    `it would be ${lengthDots} dots long, and at most ${MAX_LENGTH_DOTS} are printed`,
    'Print it in parts.',
  );
}

function summarise(layout: ReceiptLayout, lengthDots: number): string {
  const words = quoteFirstLine(layout);
  const opens = layout.items.some((item) => item.kind === 'drawer') ? ', and open the cash drawer' : '';
  return `Print a receipt of ${Math.round(lengthDots / 8)} mm${words === '' ? '' : `:${words}`}${opens}`;
}

/** What a person knows the receipt by, with a space before it; empty when it has no text. */
function quoteFirstLine({ items }: ReceiptLayout): string {
  const first = items.find((item) => item.kind === 'line' && item.text.trim() !== '');
  return first?.kind === 'line' ? ` "${first.text.trim().slice(0, 40)}"` : '';
}
