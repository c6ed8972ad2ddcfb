import { AgentError, type DriverContext, type Identification, type Link } from '../kit/index.ts';
import { openPrinter } from './printer.ts';
import { askInfo, askStatus, type infoNumbers } from './questions.ts';
import { requireReady, statusObject } from './status.ts';

const INFO_TIMEOUT_MS = 2_000;

/**
 * Status, then maker, model, firmware and serial number where it tells them. An offline printer answers the last four only
 * when it is online again, so that it throws `device_not_ready` rather than call the printer nameless.
 */
export async function identify(link: Link, context: DriverContext): Promise<Identification> {
  const printer = openPrinter(context);
  requireAnswers(printer.options.answers);
  const status = await printer.status(link);
  requireReady(status, 'say who it is');
  const model = await tell(link, 'model');
  const details = { status: statusObject(status) };
  // One that does not know this question knows none like it.
  if (model === null) return { manufacturer: null, model, protocolSerial: null, details };
  const manufacturer = await tell(link, 'maker');
  const firmware = await tell(link, 'firmware');
  const serial = await tell(link, 'serial');
  return { manufacturer, model, protocolSerial: serial, details: { ...details, firmware } };
}

/** One question that is answered in any state. */
export async function healthCheck(link: Link, context: DriverContext): Promise<void> {
  const { asks, options } = openPrinter(context);
  if (asks === 'port') {
    await link.portStatus();
    return;
  }
  requireAnswers(options.answers);
  await link.exchange(askStatus(1, options.reply_timeout_ms));
}

async function tell(link: Link, name: keyof typeof infoNumbers): Promise<string | null> {
  try {
    return (await link.exchange(askInfo(name, INFO_TIMEOUT_MS))) || null;
  } catch (error) {
    if (AgentError.is(error, 'no_reply')) return null;
    throw error;
  }
}

/** Nothing is known of a printer that answers nothing, and nothing is pretended. */
function requireAnswers(answers: boolean): void {
  if (answers) return;
  throw new AgentError('not_supported', 'This printer is configured as one that answers nothing (answers: false).', {
    hint: 'Print a receipt and look at it: there is no other way to know.',
  });
}
