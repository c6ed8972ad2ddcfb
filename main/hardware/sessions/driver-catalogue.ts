import { z } from 'zod';
import {
  AgentError,
  type Driver,
  type DriverContext,
  type JsonObject,
  type LinkType,
  linksOf,
  type SerialSettings,
  type StreamTool,
  serialSettingsSchema,
  streamTool,
  type Tool,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { ListingDescription, StreamDescription, ToolDescription } from '../device-side.ts';

/** The drivers by listing, and what their data means for a configuration. */
export interface DriverCatalogue {
  listings(): readonly ListingDescription[];
  /** Throws `not_found`. */
  get(listing: string): Driver;
  /** Complete line settings and options. Throws `invalid_parameter` naming the first wrong key. */
  parseConfig(listing: string, config: JsonObject): ParsedConfig;
  /**
   * The configuration to keep, defaults filled in. Line settings of a device that may hang on another link too are kept
   * only where they were given: there they would say something untrue. Throws as {@link DriverCatalogue.parseConfig}.
   */
  completeConfig(listing: string, config: JsonObject): JsonObject;
}

/** A connector's configuration, read. */
export interface ParsedConfig {
  /** Of a serial line; null for drivers whose devices never hang on one. */
  readonly settings: SerialSettings | null;
  readonly options: JsonObject;
}

export function createDriverCatalogue(drivers: readonly Driver[]): DriverCatalogue {
  const byId = new Map<string, Driver>(drivers.map((driver) => [driver.id, driver]));
  const get = (listing: string): Driver => {
    const driver = byId.get(listing);
    if (driver !== undefined) return driver;
    throw new AgentError('not_found', `There is no listing ${listing}.`, {
      hint: `There are ${[...byId.keys()].join(', ')}.`,
    });
  };
  const parseConfig = (listing: string, config: JsonObject): ParsedConfig => {
    const driver = get(listing);
    const parsed = configSchema(driver).safeParse(config);
    if (!parsed.success) throw configError(driver, parsed.error);
    const entries = Object.entries(parsed.data);
    const options = jsonObject.parse(Object.fromEntries(entries.filter(([key]) => !isSetting(key))));
    driver.checkOptions?.(options, null);
    const settings = Object.fromEntries(entries.filter(([key]) => isSetting(key)));
    return { settings: driver.links.serial === undefined ? null : serialSettingsSchema.parse(settings), options };
  };
  return {
    listings: () => drivers.map(describeListing),
    get,
    parseConfig,
    completeConfig(listing, config) {
      const { settings, options } = parseConfig(listing, config);
      const given = Object.fromEntries(Object.entries(config).filter(([key]) => isSetting(key)));
      const onlySerial = linksOf(get(listing)).join() === 'serial';
      return onlySerial ? { ...settings, ...options } : { ...given, ...options };
    },
  };
}

function isSetting(key: string): boolean {
  return key in serialSettingsSchema.shape;
}

const jsonObject = z.record(z.string(), z.json());

function configSchema(driver: Driver): z.ZodObject {
  const { serial } = driver.links;
  return z.strictObject({ ...(serial === undefined ? {} : settingsShape(serial.defaults)), ...driver.options.shape });
}

function settingsShape(defaults: SerialSettings) {
  const { baud_rate, data_bits, parity, stop_bits, flow_control } = serialSettingsSchema.shape;
  return {
    baud_rate: baud_rate.default(defaults.baud_rate),
    data_bits: data_bits.default(defaults.data_bits),
    parity: parity.default(defaults.parity),
    stop_bits: stop_bits.default(defaults.stop_bits),
    flow_control: flow_control.default(defaults.flow_control),
  };
}

function configError(driver: Driver, error: z.ZodError): AgentError {
  const [issue] = error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const key = unknown ?? (issue?.path.join('.') || 'config');
  const problem = unknown === undefined ? issue?.message : 'there is no such key';
  const known = Object.keys(configSchema(driver).shape);
  const hint =
    unknown === undefined
      ? `See the listing ${driver.id} for what ${key} may be.`
      : `${driver.id} has device, ${driver.bus === null ? '' : 'unit, '}${known.join(', ')}.`;
  return new AgentError('invalid_parameter', `config.${key}: ${problem}.`, {
    hint,
    details: { parameter: `config.${key}` },
  });
}

function describeListing(driver: Driver): ListingDescription {
  const { id, title, summary, category, version, models, manuals, capabilities, bus } = driver;
  const place = {
    device: z.string().describe('The device (its id, or a part of its description when it is not there yet)'),
    ...(bus === null ? {} : { unit: z.int().min(bus.minUnit).max(bus.maxUnit).describe('Address on the bus') }),
  };
  const schema = z.strictObject({ ...place, ...configSchema(driver).shape });
  const config_schema = toJsonSchema(schema, 'input');
  const links = linksOf(driver);
  return {
    id,
    title,
    summary,
    category,
    version,
    models,
    manuals,
    capabilities,
    config_schema,
    bus: bus !== null,
    kind: 'hardware',
    status: 'live',
    auth: { type: 'none' },
    price: null,
    links,
  };
}

/** All tools of a device, with the one that reads what it sends by itself. */
export function toolsOf(
  driver: Pick<Driver, 'tools' | 'stream'>,
  context: DriverContext,
): readonly (Tool | StreamTool)[] {
  const stream = driver.stream?.(context) ?? null;
  return [...driver.tools(context), ...(stream === null ? [] : [streamTool(stream)])];
}

/** A tool as data. */
export function describeTool(tool: Tool | StreamTool): ToolDescription {
  return {
    capability: tool.capability,
    title: tool.title,
    description: tool.description,
    side_effect: tool.sideEffect,
    input_schema: toJsonSchema(tool.input.strict(), 'input'),
    output_schema: toJsonSchema(tool.output, 'output'),
    test_arguments: tool.testArguments,
    expected_interval_ms: tool.sideEffect ? null : tool.expectedIntervalMs,
    best_evidence: tool.sideEffect ? tool.bestEvidence : null,
    destructive: tool.sideEffect && tool.destructive,
    idempotent: tool.sideEffect && tool.idempotent,
    boundable: tool.sideEffect ? tool.boundable : [],
    min_confidence: tool.sideEffect ? tool.minConfidence : null,
    stream: 'stream' in tool ? describeStream(tool) : null,
  };
}

function describeStream({ stream }: StreamTool): StreamDescription {
  return { delivery: stream.delivery, personal: stream.personal, stale_after_ms: stream.staleAfterMs };
}

/** A schema as JSON Schema (2020-12). */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  // Through JSON text: the generator adds properties that structured clone would refuse.
  return jsonObject.parse(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io }))));
}

/** What a driver is told of one device. */
export function contextOf(
  config: ParsedConfig,
  { unit, bus }: Pick<Device, 'unit' | 'bus'>,
  reportDescriptor: Uint8Array | null,
): DriverContext {
  return { link: bus, settings: settingsOn(bus, config), options: config.options, unit, reportDescriptor };
}

/** The line settings that hold on this link: none but on a serial line. */
export function settingsOn(link: LinkType, { settings }: ParsedConfig): SerialSettings | null {
  return link === 'serial' ? settings : null;
}
