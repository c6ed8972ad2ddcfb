import { z } from 'zod';
import {
  AgentError,
  type Driver,
  type DriverContext,
  type JsonObject,
  type SerialSettings,
  serialSettingsSchema,
  type Tool,
} from '../../../drivers/kit/index.ts';
import type { ListingDescription, ToolDescription } from '../device-side.ts';

const jsonObject = z.record(z.string(), z.json());

/** The drivers, and what their listings may be configured with. */
export class DriverCatalogue {
  readonly #drivers: ReadonlyMap<string, Driver>;

  constructor(drivers: readonly Driver[]) {
    this.#drivers = new Map(drivers.map((driver) => [driver.id, driver]));
  }

  /** Throws `not_found` naming the listings there are. */
  driver(listing: string): Driver {
    const driver = this.#drivers.get(listing);
    if (driver !== undefined) return driver;
    throw new AgentError('not_found', `There is no listing ${listing}.`, {
      hint: `There are: ${[...this.#drivers.keys()].join(', ')}.`,
    });
  }

  listings(): ListingDescription[] {
    return [...this.#drivers.values()].map((driver) => ({
      id: driver.id,
      title: driver.title,
      summary: driver.summary,
      category: driver.category,
      version: driver.version,
      models: driver.models,
      manuals: driver.manuals,
      capabilities: driver.capabilities,
      config_schema: jsonSchema(configSchema(driver)),
      bus: driver.bus !== null,
    }));
  }

  /** A connector's configuration, parsed, defaults filled in. Throws `invalid_parameter` naming each wrong key. */
  parseConfig(listing: string, config: JsonObject): JsonObject {
    const parsed = configSchema(this.driver(listing)).safeParse(config);
    if (parsed.success) return jsonObject.parse(JSON.parse(JSON.stringify(parsed.data)));
    const problems = parsed.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `config.${issue.keys.join(', config.')}: unknown key`
        : `config.${issue.path.join('.')}: ${issue.message}`,
    );
    throw new AgentError(
      'invalid_parameter',
      `The configuration of ${listing} is not usable: ${problems.join('; ')}.`,
      {
        hint: `See the keys of ${listing}: fibric-edge listings ${listing}`,
        details: { problems },
      },
    );
  }

  /** What a driver is told: its options, the line settings over its defaults, the unit. */
  context(listing: string, config: JsonObject, unit: number | null): DriverContext {
    const driver = this.driver(listing);
    const whole = this.parseConfig(listing, config);
    const settings: SerialSettings = serialSettingsSchema.parse({
      ...driver.link.defaults,
      ...pick(whole, Object.keys(serialSettingsSchema.shape)),
    });
    return { options: pick(whole, Object.keys(driver.options.shape)), unit, settings };
  }

  describeTools(listing: string, config: JsonObject, unit: number | null): ToolDescription[] {
    const driver = this.driver(listing);
    return driver
      .tools(this.context(listing, config, unit))
      .map(describeTool)
      .sort((left, right) => left.capability.localeCompare(right.capability));
  }
}

function describeTool(tool: Tool): ToolDescription {
  return {
    capability: tool.capability,
    title: tool.title,
    description: tool.description,
    side_effect: tool.sideEffect,
    input_schema: jsonSchema(tool.input),
    output_schema: jsonSchema(tool.output, 'output'),
    test_arguments: tool.testArguments,
    expected_interval_ms: tool.sideEffect ? null : tool.expectedIntervalMs,
    best_evidence: tool.sideEffect ? tool.bestEvidence : null,
    destructive: tool.sideEffect && tool.destructive,
    idempotent: tool.sideEffect ? tool.idempotent : true,
    boundable: tool.sideEffect ? tool.boundable : [],
  };
}

function configSchema(driver: Driver): z.ZodObject {
  return z.strictObject({ ...serialSettingsSchema.partial().shape, ...driver.options.shape });
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  return jsonObject.parse(JSON.parse(JSON.stringify(rest)));
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => keys.includes(key) && value !== undefined));
}
