import { z } from 'zod';
import {
  AgentError,
  type JsonObject,
  parseArguments,
  type ReadTool,
  type SideEffectTool,
  type StreamTool,
  type Tool,
} from '../../../drivers/kit/index.ts';

/** The tools of one binding, made once. */
export interface ToolSet {
  /** Arguments with defaults filled in. Throws `unknown_tool`, `invalid_arguments`. */
  parse(capability: string, args: JsonObject): { readonly tool: Tool | StreamTool; readonly arguments: JsonObject };
  /** Throws `unknown_tool` when it is none, has a side effect, or reads a stream, which asks the device nothing. */
  read(capability: string): ReadTool;
  /** Throws `unknown_tool` when it is none, or has no side effect. */
  sideEffect(capability: string): SideEffectTool;
}

const jsonObject = z.record(z.string(), z.json());

/** `owner` names the connector in messages. */
export function createToolSet(owner: string, tools: readonly (Tool | StreamTool)[]): ToolSet {
  const byName = new Map(tools.map((tool) => [tool.capability, { tool, input: tool.input.strict() }]));
  const unknown = (capability: string) =>
    new AgentError('unknown_tool', `${owner} has no tool ${capability}.`, {
      hint: `It has ${[...byName.keys()].join(', ') || 'none'}.`,
      details: { tool: capability },
    });
  const find = (capability: string) => {
    const found = byName.get(capability);
    if (found === undefined) throw unknown(capability);
    return found;
  };
  return {
    parse(capability, args) {
      const { tool, input } = find(capability);
      return { tool, arguments: jsonObject.parse(parseArguments(input, args, capability)) };
    },
    read(capability) {
      const { tool } = find(capability);
      if (tool.sideEffect || 'stream' in tool) throw unknown(capability);
      return tool;
    },
    sideEffect(capability) {
      const { tool } = find(capability);
      if (!tool.sideEffect) throw unknown(capability);
      return tool;
    },
  };
}
