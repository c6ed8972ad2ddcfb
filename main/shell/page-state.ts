import type { AgentState } from './agent-state.ts';
import type { HelpState } from './requests.ts';
import type { ShellWords } from './words/shell-words.ts';

/** What the help page says of the agent; null while one runs. */
export function helpFor(state: AgentState, words: ShellWords, nextTryMs: number | null): HelpState | null {
  if (state.phase === 'running') return null;
  if (state.phase === 'starting') {
    return {
      kind: 'starting',
      title: words.help.starting,
      message: '',
      hint: null,
      code: null,
      lastLines: [],
      nextTry: null,
    };
  }
  const { message, hint, code, lastLines } = state.trouble;
  return {
    kind: 'stopped',
    title: words.help.title,
    message,
    hint,
    code,
    lastLines,
    nextTry: nextTryMs === null ? null : words.help.nextTry(Math.ceil(nextTryMs / 1_000)),
  };
}

/** What the help page says when the window itself kept dying. */
export function windowDiedHelp(words: ShellWords): HelpState {
  return {
    kind: 'window-died',
    title: words.help.windowDied,
    message: '',
    hint: null,
    code: null,
    lastLines: [],
    nextTry: null,
  };
}
