import { AgentError } from '../../drivers/kit/index.ts';
import type { Environment } from './environment.ts';

/** More than any credential has. */
const MAX_CHARACTERS = 8_192;

/**
 * A secret from standard input: all of it, less the line end, when `piped`; else typed by a person, without an echo. Never
 * from an argument, which other users of the machine can see. Throws `invalid_parameter` when there is nobody to ask or it
 * is empty, `cancelled` on Ctrl-C.
 */
export async function readSecret(
  environment: Environment,
  question: string,
  options: { readonly piped: boolean; readonly pipeFlag: string; readonly signal: AbortSignal },
): Promise<string> {
  const { stdin } = environment;
  let secret: string;
  if (options.piped) secret = (await readAll(stdin)).replace(/\r?\n$/, '');
  else if (stdin.isTTY === true) secret = await ask(environment, question, options.signal);
  else {
    throw new AgentError('invalid_parameter', `${question} There is nobody to ask here.`, {
      hint: `Give it on standard input: ... ${options.pipeFlag} < FILE`,
    });
  }
  if (secret !== '') return secret;
  throw new AgentError('invalid_parameter', 'The secret is empty.', { hint: 'Nothing was changed. Give it whole.' });
}

async function readAll(stdin: Environment['stdin']): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > MAX_CHARACTERS) {
      throw new AgentError('invalid_parameter', 'That is no secret: standard input holds more than 8192 characters.');
    }
  }
  return text;
}

/** In raw mode the terminal echoes nothing; what edits a line is done here. */
function ask({ stdin, stderr }: Environment, question: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = '';
  const cancelled = () => reject(new AgentError('cancelled', 'Nothing was changed.'));
  const onData = (chunk: unknown) => {
    for (const character of String(chunk)) {
      if (character === '\r' || character === '\n') return resolve(typed);
      if (character === '\u0003' || character === '\u0004') return cancelled();
      if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('');
      else if (typed.length < MAX_CHARACTERS) typed += character;
    }
  };
  // Before the question, so that not even one who types ahead of it is shown.
  stdin.setRawMode?.(true);
  stderr.write(`${question} `);
  stdin.on('data', onData);
  stdin.resume();
  signal.addEventListener('abort', cancelled, { once: true });
  if (signal.aborted) cancelled();
  return promise.finally(() => {
    signal.removeEventListener('abort', cancelled);
    stdin.off('data', onData);
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  });
}
