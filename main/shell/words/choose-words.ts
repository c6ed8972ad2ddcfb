import type { ConnectorFacts } from '../agent-state.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { type ShellWords, type StateKey, stateKeys, type ToolKey, toolKeys } from './shell-words.ts';
import { zh } from './zh.ts';

/** The languages there are, by their two letters. */
export const languages: Readonly<Record<string, ShellWords>> = { en, de, es, zh };

/** The words for a locale as the system gives it (`de-AT`, `zh_CN.UTF-8`); English for every other language. */
export function chooseWords(locale: string): ShellWords {
  return languages[locale.toLowerCase().split(/[-_.@]/)[0] ?? ''] ?? en;
}

const isStateKey = (key: string): key is StateKey => (stateKeys as readonly string[]).includes(key);
const isToolKey = (key: string): key is ToolKey => (toolKeys as readonly string[]).includes(key);

/** The one word for how a connector is; a reason this version does not know still says that it does not work. */
export function stateWord({ state, reason }: Pick<ConnectorFacts, 'state' | 'reason'>, words: ShellWords): string {
  if (state !== 'error') return words.states[state];
  return reason !== null && isStateKey(reason) ? words.states[reason] : words.states.error;
}

/** What a tool is called where its arguments must not show. */
export function toolWord(tool: string, words: ShellWords): string {
  return isToolKey(tool) ? words.tools[tool] : tool;
}
