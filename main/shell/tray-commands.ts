import { AgentError } from '../../drivers/kit/index.ts';
import type { ApiClient } from '../api/client.ts';
import type { Desktop } from './desktop.ts';
import type { TrayCommand } from './tray-item.ts';
import type { ShellWords } from './words/shell-words.ts';

/** What the tray's commands work with. */
export interface TrayHands {
  readonly desktop: Pick<Desktop, 'ask' | 'say'>;
  readonly words: ShellWords;
  /** Throws `agent_unreachable` while none runs. */
  readonly api: () => Pick<ApiClient, 'testConnector' | 'removeConnector' | 'setPause' | 'listOperators'>;
  readonly open: (place: string) => Promise<void>;
  readonly tested: (name: string, failure: string | null) => void;
  readonly setAutostart: (on: boolean) => void;
  readonly askForPin: () => Promise<void>;
  readonly update: () => Promise<void>;
  readonly putBack: () => Promise<void>;
  readonly quit: () => Promise<void>;
}

/** Does what was chosen. What can't be undone is asked first; what went wrong is said, never swallowed. */
export async function runTrayCommand(command: TrayCommand, hands: TrayHands): Promise<void> {
  const { desktop, words } = hands;
  switch (command.do) {
    case 'open':
      return hands.open(command.place);
    case 'test':
      return test(command, hands);
    case 'uninstall':
      return uninstall(command, hands);
    case 'pause':
      return orSay(words.tray.pause, hands, () => hands.api().setPause(true));
    case 'resume':
      if (!(await desktop.ask(words.questions.resume))) return;
      return orSay(words.tray.pause, hands, () => hands.api().setPause(false));
    case 'autostart':
      return hands.setAutostart(command.on);
    case 'update':
      return orSay(words.updates.ready(''), hands, hands.update);
    case 'put-back':
      return orSay(words.updates.putBack(''), hands, hands.putBack);
    case 'leave-kiosk':
      return hands.askForPin();
    case 'quit':
      return hands.quit();
  }
}

async function test(
  { connectorId, name }: { readonly connectorId: string; readonly name: string },
  { api, tested }: TrayHands,
): Promise<void> {
  try {
    const { status, results } = await api().testConnector(connectorId);
    const failed = results.find((result) => !result.ok);
    tested(name, status === 'passed' ? null : (failed?.error?.message ?? failed?.tool ?? ''));
  } catch (error) {
    tested(name, AgentError.from(error).message);
  }
}

async function uninstall(
  { connectorId, name }: { readonly connectorId: string; readonly name: string },
  { api, desktop, words }: TrayHands,
): Promise<void> {
  if (!(await desktop.ask(words.questions.uninstall(name)))) return;
  try {
    await api().removeConnector(connectorId);
  } catch (error) {
    const known = AgentError.from(error);
    if (known.code === 'connector_in_use') {
      const detail = words.questions.neededBy((await operatorNames(known, api)).join(', '));
      await desktop.say(words.questions.inUse(name), detail, words.questions.understood);
    } else {
      const detail = [known.message, known.hint].filter(Boolean).join('\n');
      await desktop.say(words.questions.failed(name), detail, words.questions.understood);
    }
  }
}

/** Who needs it, by the names that people gave them; by their ids where those can't be had. */
async function operatorNames({ details }: AgentError, api: TrayHands['api']): Promise<readonly string[]> {
  const ids = Array.isArray(details['operators']) ? details['operators'].map(String) : [];
  try {
    const operators = await api().listOperators();
    return ids.map((id) => operators.find((operator) => operator.id === id)?.name ?? id);
  } catch {
    return ids;
  }
}

async function orSay(what: string, { desktop, words }: TrayHands, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { message, hint } = AgentError.from(error);
    await desktop.say(
      words.questions.failed(what),
      [message, hint].filter(Boolean).join('\n'),
      words.questions.understood,
    );
  }
}
