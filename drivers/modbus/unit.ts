import { z } from 'zod';
import { AgentError, characterTimeMs, type DriverContext, type Link } from '../kit/index.ts';
import { type ExceptionMeaning, exceptions, unnamedException } from './exceptions.table.ts';
import { mapNames, registerMaps } from './maps/index.ts';
import type { PduRequest } from './pdu.ts';
import type { RegisterMap } from './register-map.ts';
import { type PduReply, rtuRequest } from './rtu.ts';

/** The listing's own configuration keys. */
export const optionsSchema = z.strictObject({
  map: z.enum(mapNames).describe('Register map of the model'),
  reply_timeout_ms: z
    .int()
    .min(20)
    .max(10_000)
    .default(300)
    .describe('How long the unit may take to begin its answer, in milliseconds'),
  adapter_echoes: z
    .boolean()
    .default(false)
    .describe('The RS-485 adapter hears what it sends, so that every request comes back before its answer'),
});

/** One unit on the bus, as the configuration describes it. */
export interface Unit {
  /** For messages: `unit 5`. */
  readonly name: string;
  readonly map: RegisterMap;
  /** The frame of a request, for a plan. */
  readonly frameOf: (pdu: PduRequest<unknown>) => Uint8Array;
  /** Resolves with the unit's answer, also when that is an exception. Rejects as {@link Link.exchange} does. */
  readonly exchange: <T>(link: Link, pdu: PduRequest<T>) => Promise<PduReply<T>>;
  /** Resolves with the value of a normal answer; an exception rejects, see {@link exceptionError}. */
  readonly ask: <T>(link: Link, pdu: PduRequest<T>) => Promise<T>;
}

/** Binds a context to its unit. Throws `invalid_configuration` when there is no address. */
export function unitOf(context: DriverContext): Unit {
  const options = optionsSchema.parse(context.options);
  const { unit } = context;
  if (unit === null) {
    throw new AgentError('invalid_configuration', 'A Modbus device has no unit address, but a bus needs one.', {
      hint: 'Give the address that is set on the device, 1 to 247, as `unit`.',
    });
  }
  const rtuOptions = {
    unit,
    replyTimeoutMs: options.reply_timeout_ms,
    characterTimeMs: context.settings === null ? 0 : characterTimeMs(context.settings),
    adapterEchoes: options.adapter_echoes,
  };
  const name = `unit ${unit}`;
  const exchange = <T>(link: Link, pdu: PduRequest<T>) => link.exchange(rtuRequest(pdu, rtuOptions));
  return {
    name,
    map: mapOf(context),
    frameOf: (pdu) => rtuRequest(pdu, rtuOptions).bytes,
    exchange,
    async ask(link, pdu) {
      const reply = await exchange(link, pdu);
      if (reply.kind === 'exception') throw exceptionError(name, pdu.label, reply.code);
      return reply.value;
    },
  };
}

/** The register map that the configuration names. */
export function mapOf(context: DriverContext): RegisterMap {
  return registerMaps[optionsSchema.parse(context.options).map];
}

/** What an exception code means. */
export function meaningOf(code: number): ExceptionMeaning {
  return exceptions[code] ?? unnamedException;
}

/** An exception reply as an error: `device_refused`, `device_busy`, `device_not_ready` or `no_reply` by its code. */
export function exceptionError(unitName: string, label: string, code: number): AgentError {
  const { name, code: errorCode, hint } = meaningOf(code);
  const shown = `0x${code.toString(16).padStart(2, '0')}`;
  return new AgentError(errorCode, `Modbus ${unitName} answered "${name}" (${shown}) to: ${label}.`, {
    hint,
    details: { unit: unitName, request: label, exception: code, exception_name: name },
  });
}
