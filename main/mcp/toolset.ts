import type { Tool } from '@modelcontextprotocol/server';
import type { Principal } from '../api/index.ts';
import type { Policy } from '../connectors/index.ts';
import type { McpSource, ShownConnector } from './source.ts';
import { defineMcpTool } from './tool-definition.ts';
import { aggregatedToolName, mcpToolName } from './tool-name.ts';

type ToolDescription = ShownConnector['tools'][number];

/** One callable tool: what a call needs to know, and its listing, made when first listed. */
export interface ToolEntry {
  /** As it is listed here. */
  readonly name: string;
  readonly connectorId: string;
  readonly capability: string;
  readonly title: string;
  readonly sideEffect: boolean;
  readonly expectedIntervalMs: number | null;
  /** The listing under the policy of now; made again only when the policy changed. */
  definition(policy: Policy | null): Tool;
}

/** The tools of one endpoint, made once and kept until they change. */
export interface Toolset {
  /** In the order they are listed: by connector, then by capability. */
  readonly entries: readonly ToolEntry[];
  /** By MCP name or, for one connector, by capability. */
  find(name: string): ToolEntry | null;
}

/** The tools of one connector: `weight_read`, callable as `weight.read` too. */
export function connectorToolset(connector: ShownConnector): Toolset {
  return build([connector], ({ capability }) => [mcpToolName(capability), capability]);
}

/** The tools of several: `{slug}__weight_read`. */
export function aggregatedToolset(connectors: readonly ShownConnector[]): Toolset {
  return build(connectors, ({ capability }, { slug }) => [aggregatedToolName(slug, capability)]);
}

/** Whether a token's limits leave this tool in sight. */
export function inSight(principal: Principal, entry: ToolEntry): boolean {
  return (
    (principal.connectors === null || principal.connectors.has(entry.connectorId)) &&
    (principal.tools === null || principal.tools.has(entry.capability))
  );
}

/** Whether a token may call this tool: its limits leave it in sight, and it has the scope. */
export function mayCall(principal: Principal, entry: ToolEntry): boolean {
  return inSight(principal, entry) && principal.scopes.has(scopeOf(entry));
}

/** The scope a tool needs. */
export function scopeOf(entry: Pick<ToolEntry, 'sideEffect'>): 'tools:read' | 'tools:act' {
  return entry.sideEffect ? 'tools:act' : 'tools:read';
}

/** What `tools/list` shows to this principal: only what it may call. */
export function listFor(toolset: Toolset, principal: Principal, service: Pick<McpSource, 'policy'>): Tool[] {
  return toolset.entries
    .filter((entry) => mayCall(principal, entry))
    .map((entry) => entry.definition(service.policy(entry.connectorId)));
}

function build(
  connectors: readonly ShownConnector[],
  namesOf: (tool: ToolDescription, connector: ShownConnector) => readonly [string, ...string[]],
): Toolset {
  const byName = new Map<string, ToolEntry>();
  const entries = connectors.flatMap((connector) =>
    [...connector.tools]
      .sort((left, right) => (left.capability < right.capability ? -1 : 1))
      .map((tool) => {
        const names = namesOf(tool, connector);
        const entry = createEntry(names[0], tool, connector);
        for (const name of names) byName.set(name, entry);
        return entry;
      }),
  );
  return { entries, find: (name) => byName.get(name) ?? null };
}

function createEntry(name: string, tool: ToolDescription, connector: ShownConnector): ToolEntry {
  let listed: { readonly policy: Policy | null; readonly definition: Tool } | null = null;
  return {
    name,
    connectorId: connector.id,
    capability: tool.capability,
    title: tool.title,
    sideEffect: tool.side_effect,
    expectedIntervalMs: tool.expected_interval_ms,
    definition(policy) {
      if (listed === null || listed.policy !== policy)
        listed = { policy, definition: defineMcpTool(name, tool, connector, policy) };
      return listed.definition;
    },
  };
}
