import { z } from 'zod';
import {
  type ActOutcome,
  AgentError,
  defineSideEffectTool,
  type Resolution,
  type SideEffectTool,
  unanswered,
} from '../kit/index.ts';
import { drawerPulse } from './encode.ts';
import type { Printer } from './printer.ts';
import { drawerState } from './read-tool.ts';

const SEND_PATIENCE_MS = 5_000;
/** A drawer springs open within half a second, or it is stuck. */
const LOOKS = 6;
const LOOK_EVERY_MS = 150;

const drawer = z.enum(['open', 'closed', 'unknown']);

/** `drawer.open`: one pulse, `ESC p`. */
export function drawerTool(printer: Printer): SideEffectTool {
  const { options } = printer;
  const sees = options.answers && options.drawer_open_level !== 'unknown';
  return defineSideEffectTool({
    capability: 'drawer.open',
    title: 'Open the cash drawer',
    description:
      'Opens the cash drawer that hangs on the printer, by one short pulse. Refused while the printer is offline, since the ' +
      'pulse would come whenever it is ready again.',
    input: z.strictObject({}),
    output: z.strictObject({
      drawer: drawer.describe('unknown where nothing tells'),
      at: z.iso.datetime().describe('When it was seen open, or the pulse was sent; RFC 3339 UTC'),
    }),
    data: z.strictObject({}),
    witness: z.strictObject({ drawer }),
    testArguments: {},
    bestEvidence: sees ? 'status_after' : 'transmitted',
    destructive: false,
    idempotent: true,
    plan: () => ({
      summary: `Open the cash drawer (pin ${options.drawer_pin}, ${options.drawer_pulse_ms} ms)`,
      question: 'Did the cash drawer open?',
      frames: [{ bytes: drawerPulse(options), label: 'open the drawer (ESC p)' }],
      data: {},
    }),
    async check(link) {
      const status = await printer.ready(link, 'open the drawer');
      return { drawer: status === null ? ('unknown' as const) : drawerState(printer, status.drawerPin) };
    },
    async act(link, _data, plan, before): Promise<ActOutcome> {
      const [frame] = plan.frames;
      if (frame === undefined) throw new AgentError('internal_error', 'The plan of a pulse has no frame.');
      await link.exchange(unanswered(frame, SEND_PATIENCE_MS));
      const sent: ActOutcome = {
        outcome: 'applied',
        evidence: 'transmitted',
        result: { drawer: 'unknown', at: link.now() },
      };
      // A drawer that was open before proves nothing by being open after.
      if (!sees || before.drawer !== 'closed') return sent;
      for (let look = 0; look < LOOKS; look += 1) {
        await link.pause(LOOK_EVERY_MS);
        const status = await printer.status(link).catch(() => null);
        if (status === null) return sent;
        if (drawerState(printer, status.drawerPin) === 'open') {
          return { outcome: 'applied', evidence: 'status_after', result: { drawer: 'open', at: link.now() } };
        }
      }
      return { ...sent, result: { drawer: 'closed', at: link.now() } };
    },
    async resolve(link, _data, _plan, before): Promise<Resolution> {
      const reason = 'Nothing tells whether the drawer opened: look at it and settle it.';
      if (!sees || before.drawer !== 'closed') return { happened: 'unknown', reason };
      const status = await printer.status(link);
      if (drawerState(printer, status.drawerPin) === 'open') return { happened: true, evidence: 'status_after' };
      return { happened: 'unknown', reason: 'The drawer is closed; it may have been opened and closed again.' };
    },
  });
}
