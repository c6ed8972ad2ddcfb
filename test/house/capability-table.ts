import { z } from 'zod';
import { drivers, sources } from '../../drivers/index.ts';
import type { StreamTool, Tool } from '../../drivers/kit/index.ts';
import { describeTool, toolsOf } from '../../main/hardware/sessions/index.ts';
import { sampleConnector } from '../../main/mcp/testing/sample-connectors.ts';
import { defineMcpTool } from '../../main/mcp/tool-definition.ts';
import { scopeOf } from '../../main/mcp/toolset.ts';

const denied = { default: 'deny', tools: {} } as const;

interface ListedTool {
  readonly listing: string;
  readonly kind: 'hardware' | 'saas';
  readonly tool: Tool | StreamTool;
}

/** Every tool of every driver and source, once for each map, model or pack that brings it. */
export function everyTool(): readonly ListedTool[] {
  return [
    ...drivers.flatMap((driver) =>
      optionSets(driver.options).flatMap((options) =>
        toolsOf(driver, {
          options,
          unit: driver.bus?.minUnit ?? null,
          link: null,
          settings: driver.links.serial?.defaults ?? null,
          reportDescriptor: null,
        }).map((tool): ListedTool => ({ listing: driver.id, kind: 'hardware', tool })),
      ),
    ),
    ...sources.flatMap((source) =>
      optionSets(source.options).flatMap((options) =>
        source.tools({ options }).map((tool): ListedTool => ({ listing: source.id, kind: 'saas', tool })),
      ),
    ),
  ];
}

/** Every tool, as MCP clients get it: one row each, without the map or model that brings it. */
export function capabilityRows(): readonly string[] {
  return [...new Set(everyTool().map(rowOf))].sort();
}

/** The table of docs/capabilities.md. */
export function capabilityTable(): string {
  return [
    '| capability | listing | changes something | scope | destructive | repeatable | best proof | arguments a policy can bound |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...capabilityRows(),
  ].join('\n');
}

function rowOf({ listing, kind, tool: listed }: ListedTool): string {
  const connector = { ...sampleConnector('cn_1', 'sample'), kind };
  const tool = describeTool(listed);
  const { annotations } = defineMcpTool(tool.capability, tool, connector, denied);
  const yes = (value: boolean | undefined) => (value === true ? 'yes' : 'no');
  const cells = [
    `\`${tool.capability}\``,
    `\`${listing}\``,
    yes(tool.side_effect),
    `\`${scopeOf({ sideEffect: tool.side_effect })}\``,
    yes(annotations?.destructiveHint),
    yes(annotations?.idempotentHint),
    tool.best_evidence === null ? '' : `\`${tool.best_evidence}\``,
    tool.boundable.map((argument) => `\`${argument}\``).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

const propertySchema = z.looseObject({ enum: z.array(z.json()).optional(), type: z.unknown() });
const optionsSchema = z.looseObject({
  properties: z.record(z.string(), propertySchema),
  required: z.array(z.string()).default([]),
});

/** The options of a driver, once for each model, map or pack that it has to be told. */
function optionSets(options: z.ZodObject) {
  const json = z.record(z.string(), z.json());
  const { properties, required } = optionsSchema.parse(z.toJSONSchema(options, { io: 'input' }));
  const sets = required.reduce<readonly Record<string, unknown>[]>(
    (made, key) => made.flatMap((set) => valuesOf(key, properties[key]).map((value) => ({ ...set, [key]: value }))),
    [{}],
  );
  return sets.map((set) => json.parse(options.parse(set)));
}

function valuesOf(key: string, property: z.output<typeof propertySchema> | undefined): readonly unknown[] {
  if (property?.enum !== undefined) return property.enum;
  if (property?.type === 'boolean') return [true];
  if (key === 'base_url') return ['https://shop.example'];
  throw new TypeError(`This table does not know what to give a driver for ${key}`);
}
