import {
  type GetPromptResult,
  type Prompt,
  type PromptMessage,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Principal } from '../api/index.ts';

import type { Exchange } from './exchange.ts';
import { type Job, jobs } from './prompts.table.ts';
import { formatResource } from './resource-address.ts';
import { healthOf } from './resources.ts';
import type { McpSource } from './source.ts';
import { mayCall, type ToolEntry, type Toolset } from './toolset.ts';

/** The usual jobs for which whoever asks has the tools. */
export function listPrompts({ toolset, principal }: Pick<Exchange, 'toolset' | 'principal'>): Prompt[] {
  const callable = callableTools(toolset, principal);
  return jobs
    .filter((job) => toolsFor(job, callable) !== null)
    .map(({ name, title, description, arguments: args }) => ({
      name,
      title,
      description,
      arguments: args.map((argument) => ({ ...argument })),
    }));
}

/** One job, worked out for the tools and devices there are. Throws the protocol's invalid-params, naming what there is. */
export function getPrompt(
  params: { readonly name: string; readonly arguments?: Readonly<Record<string, string>> | undefined },
  { toolset, principal }: Pick<Exchange, 'toolset' | 'principal'>,
  service: Pick<McpSource, 'get'>,
): GetPromptResult {
  const callable = callableTools(toolset, principal);
  const job = jobs.find(({ name }) => name === params.name);
  const tools = job === undefined ? null : toolsFor(job, callable);
  if (job === undefined || tools === null) {
    const names = listPrompts({ toolset, principal }).map(({ name }) => name);
    throw invalid(`Unknown prompt: ${params.name}. There are: ${names.join(', ') || 'none'}.`);
  }
  const given = params.arguments ?? {};
  for (const { name, required } of job.arguments) {
    if (required === true && (given[name] ?? '') === '') throw invalid(`${job.name} needs the argument ${name}.`);
  }
  const connectorIds = connectorsFor(given['connector'], callable, service);
  const chosen = tools.map((entries) => entries.filter(({ connectorId }) => connectorIds.has(connectorId)));
  const messages: PromptMessage[] = [
    {
      role: 'user',
      content: { type: 'text', text: job.text({ given, tools: chosen.map((entries) => toolNames(entries)) }) },
    },
  ];
  if (job.showsHealth) messages.push(...[...connectorIds].map((id) => healthMessage(id, service)));
  return { description: job.description, messages };
}

/** For each capability a job needs, the tools that fulfil it; null when one is missing. */
function toolsFor(
  { needs, needsSideEffect }: Job,
  callable: readonly ToolEntry[],
): readonly (readonly ToolEntry[])[] | null {
  const found = needs.map((capabilities) => callable.filter(({ capability }) => capabilities.includes(capability)));
  const acts = !needsSideEffect || callable.some(({ sideEffect }) => sideEffect);
  return callable.length > 0 && acts && found.every((entries) => entries.length > 0) ? found : null;
}

function callableTools(toolset: Toolset, principal: Principal): readonly ToolEntry[] {
  return toolset.entries.filter((entry) => mayCall(principal, entry));
}

/** The connectors a job is about: the named one, or all. */
function connectorsFor(
  named: string | undefined,
  callable: readonly ToolEntry[],
  service: Pick<McpSource, 'get'>,
): ReadonlySet<string> {
  const ids = [...new Set(callable.map(({ connectorId }) => connectorId))];
  if (named === undefined || named === '') return new Set(ids);
  const found = ids.filter((id) => id === named || service.get(id).name === named);
  if (found.length > 0) return new Set(found);
  throw invalid(`There is no connector ${named}. There are: ${ids.map((id) => service.get(id).name).join(', ')}.`);
}

function toolNames(entries: readonly ToolEntry[]): string {
  return entries.map(({ name }) => `\`${name}\``).join(' or ') || 'the tool';
}

function healthMessage(connectorId: string, service: Pick<McpSource, 'get'>): PromptMessage {
  return {
    role: 'user',
    content: {
      type: 'resource',
      resource: {
        uri: formatResource({ kind: 'health', connectorId }),
        mimeType: 'application/json',
        text: JSON.stringify(healthOf(service, connectorId)),
      },
    },
  };
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
