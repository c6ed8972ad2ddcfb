import type { Tool } from '@modelcontextprotocol/server';
import type { JsonObject } from '../../drivers/kit/index.ts';
import type { Policy } from '../connectors/index.ts';
import { evidenceWords } from './effect-words.table.ts';
import { policyWords } from './policy-words.ts';
import type { ShownConnector } from './source.ts';
import { inputSchemaOf, isJsonObject, outputSchemaOf } from './tool-schema.ts';

type ToolDescription = ShownConnector['tools'][number];

/** Where a tool carries the capability it fulfils. */
const CAPABILITY_META_KEY = 'io.fibric.edge/capability';

/** These move matter whatever their driver says (contract section 6). */
const alwaysDestructive: ReadonlySet<string> = new Set([
  'access.unlock',
  'relay.set',
  'hvac.setpoint',
  'instrument.set',
]);

/** A tool as `tools/list` shows it. */
export function defineMcpTool(
  name: string,
  tool: ToolDescription,
  connector: ShownConnector,
  policy: Policy | null,
): Tool {
  return {
    name,
    title: tool.title,
    description: describe(tool, connector, policy),
    inputSchema: inputSchemaOf(tool.input_schema, tool.side_effect, exampleOf(tool)),
    outputSchema: outputSchemaOf(tool.output_schema, tool.side_effect),
    annotations: {
      title: tool.title,
      readOnlyHint: !tool.side_effect,
      destructiveHint: tool.side_effect && (tool.destructive || alwaysDestructive.has(tool.capability)),
      idempotentHint: tool.side_effect ? tool.idempotent : true,
      openWorldHint: connector.kind !== 'hardware',
    },
    _meta: { [CAPABILITY_META_KEY]: tool.capability },
  };
}

function describe(tool: ToolDescription, connector: ShownConnector, policy: Policy | null): string {
  const units = unitsOf(tool);
  return [
    tool.description,
    `${connector.kind === 'hardware' ? 'Device' : 'Source'}: ${connector.name}${connector.simulated ? ' (simulated)' : ''}.`,
    ...(units.length === 0 ? [] : [`Units (UCUM): ${units.join(', ')}.`]),
    ...(tool.side_effect
      ? [
          'Side effect: changes the device or the world around it.' +
            (tool.best_evidence === null ? '' : ` Best proof that it can give: ${evidenceWords[tool.best_evidence]}.`),
          policyWords(policy, tool.capability),
          'Give an idempotency_key to ask again safely. If the outcome is unknown, do not try with another key.',
        ]
      : ['Changes nothing.']),
    ...(Object.keys(exampleOf(tool)).length === 0 ? [] : [`Example arguments: ${JSON.stringify(exampleOf(tool))}`]),
  ].join('\n');
}

/** Arguments that work anywhere and do no harm, as a test uses them; none where there are no such. */
function exampleOf({ test_arguments: example }: ToolDescription): JsonObject {
  return example ?? {};
}

/** The units that the output schema names, if it names them. */
function unitsOf({ output_schema: schema }: ToolDescription): readonly string[] {
  const properties = schema['properties'];
  const unit = isJsonObject(properties) ? properties['unit'] : undefined;
  if (!isJsonObject(unit)) return [];
  const named = Array.isArray(unit['enum']) ? unit['enum'] : [unit['const']];
  return named.filter((value) => typeof value === 'string');
}
