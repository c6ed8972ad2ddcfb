import { randomInt } from 'node:crypto';
import { AgentError, type DriverContext, type Link } from '../kit/index.ts';
import { optionsSchema, type PrinterOptions } from './options.ts';
import { portProblemsOf, requirePortReady } from './port-status.ts';
import { askInfo, askProcessId, askQueue, askStatus } from './questions.ts';
import { decodePaper, decodeStatus, type PrinterStatus, problemsOf, requireReady } from './status.ts';

/** `GS I` and `GS r` wait behind what is being printed (reference 5.3). */
const QUEUED_TIMEOUT_MS = 2_000;

/** Models whose reference lists `GS ( H` function 48. */
const hasProcessId = /^TM-(T88(IV|V|VI|VII)|m30(II|III)?)\b/i;

/** How a receipt is proven to be printed. */
export type Confirmation = 'process_id' | 'queue' | 'none';

/**
 * Who can be asked for the printer's state: the printer itself; only the port of its printer class interface (paper,
 * error), beside the data; nobody.
 */
export type Asks = 'printer' | 'port' | 'nothing';

/** A printer as the tools use it. */
export interface Printer {
  readonly options: PrinterOptions;
  readonly asks: Asks;
  /** Throws `device_not_ready` where who can be asked says that it could not do this now; null where only the port was asked, or nobody. */
  ready(link: Link, what: string): Promise<PrinterStatus | null>;
  /** Four questions, answered even while it prints. Throws `no_reply`. */
  status(link: Link): Promise<PrinterStatus>;
  /** How this one can prove it; asks it where the configuration leaves it open. Only when it is ready. */
  confirmation(link: Link): Promise<Confirmation>;
  /** Resolves with the paper when everything sent before was taken from the buffer. */
  queueTaken(link: Link, timeoutMs: number): Promise<PrinterStatus['paper']>;
  /** Resolves with the id that came: when everything sent before it has been printed. */
  processId(link: Link, sent: string, wanted: readonly string[], timeoutMs: number): Promise<string>;
}

/** Makes the printer of a connector. */
export function openPrinter(context: Pick<DriverContext, 'options' | 'link'>): Printer {
  const options = optionsSchema.parse(context.options);
  const hasPort = context.link === 'usb_printer' && options.port_status;
  const asks: Asks = options.answers ? 'printer' : hasPort ? 'port' : 'nothing';
  const timeoutMs = options.reply_timeout_ms;
  /** Models that don't say who they are aren't asked before each receipt. */
  let isNameless = false;

  const isModelWithProcessId = async (link: Link): Promise<boolean> => {
    if (isNameless) return false;
    try {
      return hasProcessId.test(await link.exchange(askInfo('model', Math.max(timeoutMs, QUEUED_TIMEOUT_MS))));
    } catch (error) {
      if (!AgentError.is(error, 'no_reply')) throw error;
      isNameless = true;
      return false;
    }
  };

  /** Where the printer says nothing, its port may. */
  const explainSilence = async (link: Link, error: unknown): Promise<never> => {
    const port = context.link === 'usb_printer' ? await link.portStatus().catch(() => null) : null;
    throw explained(error, port === null ? [] : portProblemsOf(port));
  };
  const status = async (link: Link): Promise<PrinterStatus> => {
    const printer = await link.exchange(askStatus(1, timeoutMs)).catch((error) => explainSilence(link, error));
    const offlineCause = await link.exchange(askStatus(2, timeoutMs));
    const error = await link.exchange(askStatus(3, timeoutMs));
    return decodeStatus([printer, offlineCause, error, await link.exchange(askStatus(4, timeoutMs))]);
  };

  return {
    options,
    asks,
    status,
    async ready(link, what) {
      if (asks === 'port') requirePortReady(await link.portStatus(), what);
      if (asks !== 'printer') return null;
      const seen = await status(link);
      requireReady(seen, what);
      return seen;
    },
    async confirmation(link) {
      if (!options.answers) return 'none';
      if (options.confirmation !== 'auto') return options.confirmation;
      return (await isModelWithProcessId(link)) ? 'process_id' : 'queue';
    },
    queueTaken: async (link, wait) => decodePaper(await link.exchange(askQueue(Math.max(wait, QUEUED_TIMEOUT_MS)))),
    processId: (link, sent, wanted, wait) => link.exchange(askProcessId(sent, wanted, wait)),
  };
}

/** Four characters that no earlier receipt of this printer is likely to have had. */
export function mintProcessId(): string {
  return String.fromCharCode(...Array.from({ length: 4 }, () => 0x30 + randomInt(10)));
}

/** Whether a printer that can be asked is ready, in words; for results. */
export function describeProblems(status: PrinterStatus): string {
  return problemsOf(status).join(', ') || 'nothing seems wrong';
}

function explained(error: unknown, portProblems: readonly string[]): unknown {
  // Where the line itself knows better (flow control, a lost connection), that is said.
  if (!AgentError.is(error, 'no_reply') || error.details['reason'] !== undefined) return error;
  const port = portProblems.length === 0 ? '' : ` Its USB port says: ${portProblems.join(', ')}.`;
  return new AgentError('no_reply', `${error.message}${port}`, {
    hint:
      'Check that it is switched on, the cable, and that speed and format are those on its self-test slip. ' +
      'Some models, and cables without a way back, never answer: then set answers to false.',
    details: error.details,
    cause: error,
  });
}
