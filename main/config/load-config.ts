import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type Config, configSchema } from './schema.ts';

/** What the command line or the environment sets over the file. */
export interface ConfigOverrides {
  readonly port?: number;
  readonly log_level?: Config['log_level'];
}

/**
 * Reads a configuration file, or the defaults when `file` is null, and puts `overrides` over it.
 * Throws `invalid_configuration` naming file, line, key, what was expected, and how to mend it.
 */
export function loadConfig(file: string | null, overrides: ConfigOverrides = {}): Config {
  return parseConfig(file === null ? '' : readConfigFile(file), file ?? 'the defaults', overrides);
}

/** As {@link loadConfig}, from text; `name` is what messages call it. */
export function parseConfig(text: string, name: string, overrides: ConfigOverrides = {}): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    const { line } = lines.linePos(syntax.pos[0]);
    throw invalid(`${name}, line ${line}: not YAML: ${syntax.message.split('\n')[0]}`, { file: name, line });
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { ...parsed.data, ...overrides };
  const problems = parsed.error.issues.map((issue) => {
    const wrongKey = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const line = lineOf([...issue.path, ...wrongKey]);
    return `line ${line}: ${issue.path.join('.') || 'the file'}: ${describe(issue)}`;
  });
  throw invalid(`${name} is not usable. ${problems.join('; ')}.`, { file: name, problems });

  function lineOf(path: readonly PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const parent: unknown = document.getIn(path.slice(0, depth - 1), true);
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && key.value === path[depth - 1])
        : null;
      const node: unknown = pair?.key ?? document.getIn(path.slice(0, depth), true);
      if (hasRange(node)) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.join(', ')}; remove it or correct its spelling`;
  return issue.message;
}

function hasRange(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AgentError('invalid_configuration', `The configuration file ${file} can't be read.`, {
      hint: 'Check the path given with --config, and that this user may read it.',
      cause,
    });
  }
}

function invalid(message: string, details: { file: string; line?: number; problems?: string[] }): AgentError {
  return new AgentError('invalid_configuration', message, {
    hint: 'Correct the file, then try it with: fibric-edge config check FILE',
    details,
  });
}
