import type { DriverContext, Tool } from '../kit/index.ts';
import { relayReadTool, relaySetTool } from './relay-tools.ts';
import { sensorReadTool } from './sensor-tool.ts';
import { mapOf } from './unit.ts';

/** The tools that the configured register map makes possible, in order of name. */
export function modbusTools(context: DriverContext): readonly Tool[] {
  const { relays, sensors } = mapOf(context);
  return [
    ...(relays === null ? [] : [relayReadTool(context, relays)]),
    ...(relays?.access === 'read_write' ? [relaySetTool(context, relays)] : []),
    ...(sensors.length === 0 ? [] : [sensorReadTool(context)]),
  ];
}
