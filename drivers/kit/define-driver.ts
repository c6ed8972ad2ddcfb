import type { Driver, Tool } from './driver.ts';
import { linksOf } from './links.ts';
import type { Stream } from './stream.ts';
import { reservedArguments } from './tools.ts';

const capabilityForm = /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/;

/**
 * Checks a driver's data and returns it unchanged. A mistake throws at import, so that the first test that loads the
 * driver shows it.
 */
export function defineDriver(driver: Driver): Driver {
  requireId(driver.id);
  requireCapabilities(driver.id, driver.capabilities);
  if (linksOf(driver).length === 0) fail(driver.id, 'its devices hang on nothing');
  for (const mark of driver.fingerprints) {
    const marks = [mark.vendorId, mark.manufacturer, mark.product, mark.usage, mark.ieee1284Id];
    if (marks.every((each) => each === undefined)) {
      fail(driver.id, `fingerprint ${mark.label} matches everything`);
    }
  }
  const { id, capabilities, stream } = driver;
  if (stream !== undefined && driver.bus !== null) fail(id, 'units on a bus say nothing unasked');
  return {
    ...driver,
    tools: (context) => requireTools(id, capabilities, driver.tools(context)),
    ...(stream === undefined ? {} : { stream: (context) => requireStream(id, capabilities, stream(context)) }),
  };
}

/** Throws a `TypeError` for an id that is no listing's. */
export function requireId(id: string): void {
  if (!/^cn-[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) fail(id, 'the id must be cn- and kebab-case');
}

/** Throws a `TypeError` for capabilities that are not noun.verb, or not sorted. */
export function requireCapabilities(id: string, capabilities: readonly string[]): void {
  for (const capability of capabilities) {
    if (!capabilityForm.test(capability)) fail(id, `capability ${capability} is not noun.verb`);
  }
  if (capabilities.join() !== [...capabilities].sort().join()) fail(id, 'capabilities must be sorted');
}

/** The tools as they are; throws a `TypeError` for one that is not declared, or takes an argument of the host's. */
export function requireTools(id: string, capabilities: readonly string[], tools: readonly Tool[]): readonly Tool[] {
  for (const tool of tools) {
    if (!capabilities.includes(tool.capability)) fail(id, `tool ${tool.capability} is not among its capabilities`);
    for (const name of reservedArguments) {
      if (name in tool.input.shape) fail(id, `tool ${tool.capability} defines the reserved argument ${name}`);
    }
  }
  return tools;
}

function requireStream(id: string, capabilities: readonly string[], stream: Stream | null): Stream | null {
  if (stream !== null && !capabilities.includes(stream.capability)) {
    fail(id, `stream ${stream.capability} is not among its capabilities`);
  }
  return stream;
}

function fail(id: string, what: string): never {
  throw new TypeError(`driver ${id}: ${what}`);
}
