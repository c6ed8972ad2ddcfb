import { z } from 'zod';
import {
  AgentError,
  type DriverContext,
  defineReadTool,
  defineSideEffectTool,
  type Link,
  type ReadTool,
  readingShape,
  type SideEffectTool,
} from '../kit/index.ts';
import { readCoils, writeCoil } from './pdu.ts';
import type { RegisterMap } from './register-map.ts';
import { exceptionError, mapOf, meaningOf, type Unit, unitOf } from './unit.ts';

type Relays = NonNullable<RegisterMap['relays']>;

/** `relay.read` for a map with relays: all of them, by number from 1. */
export function relayReadTool(context: DriverContext, relays: Relays): ReadTool {
  return defineReadTool({
    capability: 'relay.read',
    title: 'Read the relays',
    description: `Reads which of the ${relays.count} relays are switched on. Changes nothing.`,
    input: z.strictObject({}),
    output: z.strictObject({
      relays: z.array(z.strictObject({ relay: relayNumber(relays), on: z.boolean() })).length(relays.count),
      at: readingShape.at,
    }),
    testArguments: {},
    expectedIntervalMs: mapOf(context).expected_interval_ms,
    async read(link) {
      const states = await readStates(unitOf(context), link, relays);
      return { relays: states.map((on, index) => ({ relay: index + 1, on })), at: link.now() };
    },
  });
}

/**
 * `relay.set`: one relay on or off.
 *
 * How a doubtful call is resolved, from the state before (the witness) and the state now:
 * - now as wanted, before not: it happened (`read_back`);
 * - now as before, and not as wanted: it did not happen (`read_back`);
 * - now as wanted, and so before: the caller has what was asked for, and the command changes nothing where it already
 *   holds, so nothing is left in doubt: it counts as happened. The evidence is only `status_after`, since the state can
 *   not show whether our frame or the earlier state made it so;
 * - before as wanted, now not: someone else switched the relay meanwhile, and the state says nothing about our frame.
 */
export function relaySetTool(context: DriverContext, relays: Relays): SideEffectTool {
  const input = z.strictObject({
    relay: relayNumber(relays),
    on: z.boolean().describe('true switches the relay on (contact actuated), false off'),
  });
  return defineSideEffectTool({
    capability: 'relay.set',
    title: 'Switch a relay',
    description:
      `Switches one of the ${relays.count} relays on or off and reads it back. Whatever is wired to the relay starts or stops. ` +
      'The same call again changes nothing more.',
    input,
    output: z.strictObject({
      relay: relayNumber(relays),
      on: z.boolean(),
      previous_on: z.boolean().describe('State before the call'),
      at: readingShape.at,
    }),
    data: input,
    witness: z.strictObject({ previous_on: z.boolean() }),
    testArguments: { relay: 1, on: false },
    bestEvidence: 'read_back',
    destructive: true,
    idempotent: true,
    boundable: ['relay'],

    plan(args) {
      const pdu = writeCoil(coilOf(relays, args.relay), args.on);
      const summary = `Switch relay ${args.relay} ${word(args.on)}`;
      const question = `Did relay ${args.relay} switch ${word(args.on)}?`;
      return { summary, question, frames: [{ bytes: unitOf(context).frameOf(pdu), label: pdu.label }], data: args };
    },

    async check(link, { relay }) {
      return { previous_on: await readState(unitOf(context), link, relays, relay) };
    },

    async act(link, { relay, on }, _plan, { previous_on }) {
      const unit = unitOf(context);
      const pdu = writeCoil(coilOf(relays, relay), on);
      const reply = await unit.exchange(link, pdu);
      if (reply.kind === 'exception') {
        const error = exceptionError(unit.name, pdu.label, reply.code);
        if (meaningOf(reply.code).notDone) return { outcome: 'failed', error };
        throw error;
      }
      const now = await readState(unit, link, relays, relay);
      if (now !== on) return { outcome: 'failed', error: contradiction(unit, relay, on) };
      const result = { relay, on, previous_on, at: link.now() };
      return { outcome: 'applied', evidence: 'read_back', result };
    },

    async resolve(link, { relay, on }, _plan, { previous_on }) {
      const unit = unitOf(context);
      const now = await readState(unit, link, relays, relay);
      if (now === on) return { happened: true, evidence: previous_on === on ? 'status_after' : 'read_back' };
      if (now === previous_on) return { happened: false, evidence: 'read_back' };
      const reason = `Relay ${relay} of ${unit.name} was ${word(previous_on)} before the call and is ${word(now)} now: it was switched from elsewhere meanwhile.`;
      return { happened: 'unknown', reason };
    },
  });
}

async function readStates(unit: Unit, link: Link, relays: Relays): Promise<readonly boolean[]> {
  return unit.ask(link, readCoils({ start: relays.first_coil, count: relays.count }));
}

async function readState(unit: Unit, link: Link, relays: Relays, relay: number): Promise<boolean> {
  return (await readStates(unit, link, relays))[relay - 1] === true;
}

function contradiction(unit: Unit, relay: number, wanted: boolean): AgentError {
  const [expected, seen] = [word(wanted), word(!wanted)];
  return new AgentError(
    'device_refused',
    `Modbus ${unit.name} confirmed relay ${relay} ${expected}, but reads it back ${seen}.`,
    {
      hint: 'The board may be in a linked, interlocked or timed mode, or another master switched it back. Check its mode.',
      details: { unit: unit.name, relay, expected, seen },
    },
  );
}

function relayNumber(relays: Relays) {
  return z.int().min(1).max(relays.count).describe('Relay number as printed on the board, from 1');
}

function coilOf(relays: Relays, relay: number): number {
  return relays.first_coil + relay - 1;
}

function word(on: boolean): 'on' | 'off' {
  return on ? 'on' : 'off';
}
