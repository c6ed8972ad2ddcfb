import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'));

/** A revision whose requirements the suite knows. */
export type Revision = '2026-07-28' | '2025-11-25';

/** How the scenarios of one run ended. */
export interface SuiteRun {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** All the suite printed, for the message of a failed test. */
  readonly output: string;
}

/** The server scenarios that a revision requires, from the suite's own list. */
export function requiredScenarios(revision: Revision): readonly string[] {
  const text = readFileSync(join(root, 'requirements', `${revision}.yaml`), 'utf8');
  return z.looseObject({ server: z.array(z.string()).min(1) }).parse(parse(text)).server;
}

/** Runs every scenario of a revision's set against a server. */
export function runRequirements(url: string, revision: Revision): Promise<SuiteRun> {
  return run(['--url', url, '--requirements', revision]);
}

/** Runs one scenario as of a revision. */
export async function runScenario(url: string, scenario: string, revision: Revision): Promise<SuiteRun> {
  const { passed, failed, output } = await run(['--url', url, '--scenario', scenario, '--spec-version', revision]);
  const name = /Passed: (\d+)\/(\d+), (\d+) failed/.exec(output);
  if (name === null || passed.length + failed.length > 0) return { passed, failed, output };
  const good = name[3] === '0' && name[1] !== '0';
  return { passed: good ? [scenario] : [], failed: good ? [] : [scenario], output };
}

async function run(args: readonly string[]): Promise<SuiteRun> {
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'dist', 'index.js'), 'server', ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
  const named = (mark: string) =>
    [...output.matchAll(new RegExp(`^${mark} ([a-z0-9-]+): \\d+ passed, \\d+ failed`, 'gm'))].flatMap(
      (match) => match[1] ?? [],
    );
  return { passed: named('✓'), failed: named('✗'), output };
}
