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

/** Something secret that a person types, without showing it. Rejects as {@link askLine}, and with `cancelled` on Ctrl-C. */
export async function askSecret({ stdin, stderr }: Terminal, question: string, hint: string): Promise<string> {
  requirePerson(stdin, question, hint);
  // Before the question, so that not even one who types ahead of it is shown.
  stdin.setRawMode?.(true);
  stderr.write(`${question} `);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = '';
  const onData = (chunk: Buffer | string) => {
    for (const letter of String(chunk)) {
      if (letter === '\r' || letter === '\n' || letter === '\u0004') return resolve(typed);
      if (letter === '\u0003') return reject(new AgentError('cancelled', 'Stopped. Nothing was decided.'));
      typed = letter === '\u007f' || letter === '\b' ? typed.slice(0, -1) : typed + letter;
    }
  };
  stdin.on('data', onData);
  stdin.once('end', () => resolve(typed));
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.off('data', onData);
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** The lines of standard input, for secrets that a script pipes in; never more than 10 of 1000 characters. */
export async function readSecretLines({ stdin }: Pick<Terminal, 'stdin'>): Promise<readonly string[]> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > 10_000) throw new AgentError('invalid_parameter', 'Standard input is longer than any PIN.');
  }
  return text.split(/\r?\n/).slice(0, 10);
}

function requirePerson(stdin: Environment['stdin'], question: string, hint: string): void {
  if (stdin.isTTY === true) return;
  throw new AgentError('invalid_parameter', `${question} There is nobody to ask here.`, { hint });
}
