/** The page that helps when there is no agent to show. */
import type { PageState } from '../../requests.ts';
import { element, setWords } from './bridge.ts';

const bridge = window.fibricEdgeShell;
let shown: PageState | null = null;

function show(state: PageState): void {
  const isFirst = shown === null;
  shown = state;
  setWords(state);
  const { help } = state;
  if (help === null) return;
  const title = element('title', HTMLElement);
  if (title.textContent !== help.title) title.textContent = help.title;
  document.title = help.title;
  element('message', HTMLElement).textContent = help.message;
  element('hint', HTMLElement).textContent = help.hint ?? '';
  element('next', HTMLElement).hidden = help.hint === null;
  element('next-try', HTMLElement).textContent = help.nextTry ?? '';
  const retry = element('retry', HTMLButtonElement);
  retry.hidden = help.kind === 'starting';
  if (help.kind === 'window-died') retry.textContent = state.words.help['reopen'] ?? '';
  for (const id of ['logs', 'copy']) element(id, HTMLButtonElement).hidden = help.kind !== 'stopped' || state.kiosk;
  const putBack = element('put-back', HTMLButtonElement);
  putBack.hidden = state.putBack === null || state.kiosk;
  putBack.textContent = state.putBack ?? '';
  element('quit', HTMLButtonElement).hidden = state.kiosk;
  const lines = [help.code === null ? '' : `code: ${help.code}`, ...help.lastLines].filter((line) => line !== '');
  element('details', HTMLElement).hidden = lines.length === 0;
  element('lines', HTMLElement).textContent = lines.join('\n');
  if (isFirst) title.focus();
}

element('retry', HTMLButtonElement).addEventListener('click', () => void bridge.retry());
element('put-back', HTMLButtonElement).addEventListener('click', () => void bridge.putBack());
element('logs', HTMLButtonElement).addEventListener('click', () => void bridge.showLogs());
element('quit', HTMLButtonElement).addEventListener('click', () => void bridge.quit());
element('copy', HTMLButtonElement).addEventListener('click', async () => {
  if (shown?.help == null) return;
  const { message, hint, code, lastLines } = shown.help;
  const text = [`Fibric Edge ${shown.version}, ${shown.platform}`, message, hint, `code: ${code}`, ...lastLines];
  await navigator.clipboard.writeText(text.filter((line) => line !== null).join('\n'));
  element('said', HTMLElement).textContent = shown.words.help['copied'] ?? '';
});

bridge.onState(show);
void bridge.state().then((answer) => answer.ok && show(answer.state));
