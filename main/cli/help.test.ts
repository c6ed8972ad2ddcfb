import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createCommandHost } from './cli.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { ownCommands, runCommandLine } from './main.ts';

function environment(texts: string[]): Environment {
  const sink = () => new PassThrough().on('data', (chunk) => texts.push(String(chunk)));
  return { variables: {}, stdin: new PassThrough(), stdout: sink(), stderr: sink(), onInterrupt: () => () => {} };
}

/** Every command that does something, as its words. */
function leaves(command: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  if (command.commands.length === 0) return [words];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

const program = new Command();
for (const add of ownCommands) add(program, createCommandHost(environment([])));

describe('every command', () => {
  it.each(leaves(program).map((words) => [words.join(' '), words] as const))(
    '%s has help with an example',
    async (_, words) => {
      const texts: string[] = [];
      const code = await runCommandLine([...words, '--help'], { environment: environment(texts) });
      expect(code).toBe(exitCodes.ok);
      const text = texts.join('');
      expect(text).toMatch(new RegExp(`\\$ fibric-edge (${words.join(' ')})`));
      expect(text).toContain('--data <folder>');
      expect(text).toContain('--json');
    },
  );
});

describe('the program', () => {
  it.each([['fly'], ['devices', 'fly'], ['devices', 'list', '--fly'], ['devices', 'show'], []])(
    'says what it knows, with exit code 2, after %s %s',
    async (...words: string[]) => {
      const texts: string[] = [];
      const code = await runCommandLine(words, { environment: environment(texts) });
      expect(code).toBe(exitCodes.usage);
      expect(texts.join('')).toMatch(/unknown|missing|too many|Usage/);
    },
  );

  it('tells its version', async () => {
    const texts: string[] = [];
    expect(await runCommandLine(['--version'], { environment: environment(texts), version: '1.2.3' })).toBe(
      exitCodes.ok,
    );
    expect(texts.join('')).toBe('1.2.3\n');
  });

  it('takes commands of other rooms', async () => {
    const ran: string[] = [];
    const code = await runCommandLine(['run', '--port', '0'], {
      environment: environment([]),
      commands: [
        (parent, host) =>
          host.add(parent, {
            syntax: 'run',
            summary: 'run the agent',
            examples: ['fibric-edge run'],
            options: [{ flags: '--port <number>', description: 'the port' }],
            run: async ({ folder }) => void ran.push(folder),
          }),
      ],
    });
    expect(code).toBe(exitCodes.ok);
    expect(ran).toEqual([expect.stringMatching(/fibric-edge$/)]);
  });
});
