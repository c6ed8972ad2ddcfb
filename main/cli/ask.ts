import { createInterface } from 'node:readline';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Environment } from './environment.ts';

type Terminal = Pick<Environment, 'stdin' | 'stderr'>;

/**
 * One line that a person types, trimmed; empty when they end the input or `signal` aborts. Rejects with
 * `invalid_parameter` and `hint` when there is nobody to ask.
 */
export async function askLine(
  { stdin, stderr }: Terminal,
  question: string,
  hint: string,
  signal: AbortSignal,
): Promise<string> {
  requirePerson(stdin, question, hint);
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
      signal.addEventListener('abort', () => resolve(''), { once: true });
      lines.question(`${question} `, resolve);
    });
    return answer.trim();
  } finally {
    lines.close();
  }
}

function requirePerson(stdin: Environment['stdin'], question: string, hint: string): void {
  if (stdin.isTTY === true) return;
  throw new AgentError('invalid_parameter', `${question} There is nobody to ask here.`, { hint });
}
