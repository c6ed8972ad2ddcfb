import { AgentError, type DriverContext, type Identification, type JsonObject, type Link } from '../kit/index.ts';
import { type IdentificationObjects, readCoils, readDeviceIdentification, readRegisters } from './pdu.ts';
import { planBlocks } from './register-map.ts';
import { readValues } from './sensor-tool.ts';
import { type Unit, unitOf } from './unit.ts';

/**
 * Asks for the device identification (FC 2B/0E); a unit that does not offer it, or is silent to it as simple units are,
 * is asked for the registers by which its map knows it. Modbus has no serial number that all models share.
 */
export async function identify(link: Link, context: DriverContext): Promise<Identification> {
  const unit = unitOf(context);
  const objects = await deviceIdentification(unit, link);
  if (objects !== null) {
    const named = (id: number) => objects.get(id) || null;
    const details: JsonObject = {
      unit: unit.name,
      ...optional('revision', named(2)),
      ...optional('product_name', named(4)),
    };
    return { manufacturer: named(0), model: named(5) ?? named(1), protocolSerial: null, details };
  }
  const readings = Object.entries(await readValues(unit, link, unit.map.identity));
  return {
    manufacturer: unit.map.manufacturer,
    model: null,
    protocolSerial: null,
    details: { unit: unit.name, ...Object.fromEntries(readings.map(([name, { value }]) => [name, value])) },
  };
}

/** One read of what the map's tools read. */
export async function healthCheck(link: Link, context: DriverContext): Promise<void> {
  const unit = unitOf(context);
  const { relays, sensors, max_registers } = unit.map;
  const block = planBlocks(sensors, max_registers)[0];
  if (block !== undefined) await unit.ask(link, readRegisters(block.table, block));
  else if (relays !== null) await unit.ask(link, readCoils({ start: relays.first_coil, count: relays.count }));
}

async function deviceIdentification(unit: Unit, link: Link): Promise<IdentificationObjects | null> {
  try {
    const reply = await unit.exchange(link, readDeviceIdentification());
    return reply.kind === 'normal' ? reply.value : null;
  } catch (error) {
    if (AgentError.is(error, 'no_reply', 'bad_reply')) return null;
    throw error;
  }
}

function optional(key: string, text: string | null): JsonObject {
  return text === null ? {} : { [key]: text };
}
