import { z } from 'zod';
import { drivers } from '../../drivers/index.ts';
import type { Driver } from '../../drivers/kit/index.ts';
import { describeTool } from '../../main/hardware/sessions/index.ts';
import { sampleConnector } from '../../main/mcp/testing/sample-connectors.ts';
import { defineMcpTool } from '../../main/mcp/tool-definition.ts';
import { scopeOf } from '../../main/mcp/toolset.ts';

const denied = { default: 'deny', tools: {} } as const;

/** Every tool of every driver, as MCP clients get it: one row each, without the map or model that brings it. */
export function capabilityRows(): readonly string[] {
  const rows = new Set<string>();
  for (const driver of drivers) for (const row of rowsOf(driver)) rows.add(row);
  return [...rows].sort();
}

/** The table of docs/capabilities.md. */
export function capabilityTable(): string {
  return [
    '| capability | listing | changes something | scope | destructive | repeatable | best proof | arguments a policy can bound |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...capabilityRows(),
  ].join('\n');
}

function rowsOf(driver: Driver): readonly string[] {
  return optionSets(driver).flatMap((options) =>
    driver
      .tools({ options, unit: driver.bus?.minUnit ?? null, settings: driver.link.defaults })
      .map(describeTool)
      .map((tool) => {
        const connector = sampleConnector('cn_1', 'sample');
        const { annotations } = defineMcpTool(tool.capability, tool, connector, denied);
        const yes = (value: boolean | undefined) => (value === true ? 'yes' : 'no');
        const cells = [
          `\`${tool.capability}\``,
          `\`${driver.id}\``,
          yes(tool.side_effect),
          `\`${scopeOf({ sideEffect: tool.side_effect })}\``,
          yes(annotations?.destructiveHint),
          yes(annotations?.idempotentHint),
          tool.best_evidence === null ? '' : `\`${tool.best_evidence}\``,
          tool.boundable.map((argument) => `\`${argument}\``).join(', '),
        ];
        return `| ${cells.join(' | ')} |`;
      }),
  );
}

const withMap = z.looseObject({ properties: z.looseObject({ map: z.looseObject({ enum: z.array(z.string()) }) }) });

/** The options of a driver, once for each register map or pack it knows. */
function optionSets(driver: Driver) {
  const maps = withMap.safeParse(z.toJSONSchema(driver.options, { io: 'input' }));
  const given = maps.success ? maps.data.properties.map.enum.map((map) => ({ map })) : [{}];
  const json = z.record(z.string(), z.json());
  return given.map((options) => json.parse(driver.options.parse(options)));
}
