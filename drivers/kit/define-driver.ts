import type { Driver } from './driver.ts';
import { reservedArguments } from './tools.ts';

const capabilityForm = /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/;

/**
 * Checks a driver's data and returns it unchanged. A mistake throws at import, so that the first test that loads the
 * driver shows it.
 */
export function defineDriver(driver: Driver): Driver {
  const fail = (what: string): never => {
    throw new TypeError(`driver ${driver.id}: ${what}`);
  };
  if (!/^cn-[a-z0-9]+(-[a-z0-9]+)*$/.test(driver.id)) fail('the id must be cn- and kebab-case');
  for (const capability of driver.capabilities) {
    if (!capabilityForm.test(capability)) fail(`capability ${capability} is not noun.verb`);
  }
  if (driver.capabilities.join() !== [...driver.capabilities].sort().join()) fail('capabilities must be sorted');
  for (const mark of driver.fingerprints) {
    if (mark.vendorId === undefined && mark.manufacturer === undefined && mark.product === undefined) {
      fail(`fingerprint ${mark.label} matches everything`);
    }
  }
  return {
    ...driver,
    tools: (context) => {
      const tools = driver.tools(context);
      for (const tool of tools) {
        if (!driver.capabilities.includes(tool.capability))
          fail(`tool ${tool.capability} is not among its capabilities`);
        for (const name of reservedArguments) {
          if (name in tool.input.shape) fail(`tool ${tool.capability} defines the reserved argument ${name}`);
        }
      }
      return tools;
    },
  };
}
