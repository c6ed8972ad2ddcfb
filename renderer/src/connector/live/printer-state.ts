import { z } from 'zod';
import type { Look } from '../../words/states.table.ts';
import { healthLooks, machineLooks } from '../../words/states.table.ts';

/** What `printer.read` says, as far as there is a part to draw; a printer of another family may say less. */
export const printerReadingSchema = z.object({
  ready: z.boolean(),
  online: z.boolean().optional(),
  problems: z.array(z.string()).default([]),
  cover: z.string().default('unknown'),
  paper: z.string().default('unknown'),
  ribbon: z.string().optional(),
  drawer: z.string().optional(),
});
/** What `printer.read` says. */
export type PrinterReading = z.output<typeof printerReadingSchema>;

/** A part of the printer, how it is, and by which mark that is told. */
export interface PrinterPart {
  readonly key: 'online' | 'paper' | 'cover' | 'cutter' | 'head' | 'ribbon' | 'drawer';
  /** A word of the catalogue. */
  readonly value: string;
  readonly look: Look;
}

const unknown: Look = { shape: 'ring-dashed', tone: 'off' };
const looks: Readonly<Record<string, Look>> = {
  yes: healthLooks.ok,
  ok: healthLooks.ok,
  closed: healthLooks.ok,
  not_out: healthLooks.ok,
  near_end: machineLooks.attention,
  low: machineLooks.attention,
  open: healthLooks.error,
  out: healthLooks.error,
  no: healthLooks.error,
  stuck: healthLooks.error,
  hot: healthLooks.error,
};

/** The parts that the printer tells of, each with its word and mark. What it does not tell of is not claimed. */
export function partsOfPrinter(reading: PrinterReading): readonly PrinterPart[] {
  const { online, paper, cover, ribbon, drawer, problems } = reading;
  const part = (key: PrinterPart['key'], value: string): PrinterPart => ({ key, value, look: looks[value] ?? unknown });
  // The cutter and the head speak only when something is wrong with them, or when all is well.
  const says = (text: string) => problems.some((problem) => problem.includes(text));
  const isAsked = cover !== 'unknown';
  return [
    ...(online === undefined ? [] : [part('online', online ? 'yes' : 'no')]),
    part('paper', paper),
    part('cover', cover),
    ...(isAsked
      ? [part('cutter', says('cutter') ? 'stuck' : 'ok'), part('head', says('head is too hot') ? 'hot' : 'ok')]
      : []),
    ...(ribbon === undefined ? [] : [part('ribbon', ribbon)]),
    // An open drawer keeps nothing from being printed.
    ...(drawer === undefined || drawer === 'unknown' ? [] : [{ ...part('drawer', drawer), look: healthLooks.ok }]),
  ];
}

/** The parts to do something about. What only follows from another is left out: it goes away with that. */
export function troublesOf(parts: readonly PrinterPart[]): readonly PrinterPart[] {
  const all = parts.filter(({ look }) => look.tone === 'error' || look.tone === 'attention');
  const isOut = all.some(({ key, value }) => key === 'paper' && value === 'out');
  return all.filter(({ key }) => (key === 'online' ? all.length === 1 : key !== 'cover' || !isOut));
}
