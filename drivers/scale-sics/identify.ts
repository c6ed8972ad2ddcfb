import {
  AgentError,
  type DriverContext,
  type Identification,
  type JsonObject,
  type Link,
  parseDecimal,
} from '../kit/index.ts';
import { refusalError } from './refusals.ts';
import { openScale } from './scale.ts';
import { sicsUnits } from './units.table.ts';

/**
 * Asks for the serial number (I4, which every level 0 scale answers), then for the model and firmware texts as far as it
 * tells them. Never `@`, though it would answer the same: it clears the tare.
 */
export async function identify(link: Link, context: DriverContext): Promise<Identification> {
  const scale = openScale(context);
  const serial = await scale.text(link, 'I4');
  if (serial.kind === 'refused') throw refusalError(serial, 'tell its serial number');

  let silent = false;
  const optional = async (id: 'I2' | 'I3' | 'I11'): Promise<string | null> => {
    // Some clones say nothing to what they don't know: one such time-out is enough.
    if (silent) return null;
    try {
      const answer = await scale.text(link, id);
      return answer.kind === 'done' && answer.value !== '' ? answer.value : null;
    } catch (error) {
      if (!AgentError.is(error, 'no_reply', 'bad_reply')) throw error;
      silent = error.code === 'no_reply';
      return null;
    }
  };

  const data = await optional('I2');
  const firmware = await optional('I3');
  const type = await optional('I11');
  return {
    manufacturer: null,
    model: type ?? data,
    protocolSerial: serial.value === '' ? null : serial.value,
    details: {
      ...(data === null ? {} : { scale: data, ...capacityOf(data) }),
      ...(firmware === null ? {} : { firmware }),
    },
  };
}

/** One question for the serial number; any answer, also a refusal, proves that the scale is there. */
export async function healthCheck(link: Link, context: DriverContext): Promise<void> {
  await openScale(context).text(link, 'I4');
}

/** `XS204 Excellence 220.0090 g` ends in the capacity. */
function capacityOf(data: string): JsonObject {
  const [symbol = '', value = ''] = data.split(/\s+/).reverse();
  const unit = Object.hasOwn(sicsUnits, symbol) ? sicsUnits[symbol] : undefined;
  return unit === undefined || parseDecimal(value) === null ? {} : { capacity: value, capacity_unit: unit };
}
