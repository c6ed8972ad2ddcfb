import type { AgentState, ConnectorFacts } from './agent-state.ts';
import type { TrayCommand, TrayItem } from './tray-item.ts';
import type { UpdateFacts } from './updates/update-facts.ts';
import { updateItems } from './updates/update-tray.ts';
import { byNeed, countConnectors, needsPerson, type TrayShape, trayShape } from './verdict.ts';
import { stateWord } from './words/choose-words.ts';
import type { ShellWords } from './words/shell-words.ts';

/** The whole tray as plain data. */
export interface TrayModel {
  readonly shape: TrayShape;
  /** At most 63 characters: Windows cuts the rest. */
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

/** What the tray is made of. */
export interface TraySource {
  readonly state: AgentState;
  readonly words: ShellWords;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  /** Null where this system can't start programs at sign-in. */
  readonly autostart: boolean | null;
  readonly kiosk: boolean;
  readonly updates: UpdateFacts;
}

const MOST_PROBLEMS = 3;
const MOST_CONNECTORS = 15;
const LONGEST_TOOLTIP = 63;
const LONGEST_NAME = 40;

const separator: TrayItem = { kind: 'separator' };

/** Draws the tray anew from what is so; never empty, since some desktops then hide the icon. */
export function trayModel(source: TraySource): TrayModel {
  const summary = summaryLine(source);
  const groups: readonly (readonly TrayItem[])[] = [
    [
      action('open', source.words.tray.open, { do: 'open', place: '/' }),
      { kind: 'text', id: 'summary', label: summary },
    ],
    attentionItems(source),
    connectorItems(source),
    [...pauseItems(source), action('cloud', source.words.tray.notPaired, { do: 'open', place: '/cloud' })],
    machineItems(source),
    [quitItem(source)],
  ];
  return {
    shape: trayShape(source.state),
    tooltip: cut(summary, LONGEST_TOOLTIP),
    items: groups
      .filter((group) => group.length > 0)
      .flatMap((group, index) => (index === 0 ? group : [separator, ...group])),
  };
}

function action(id: string, label: string, command: TrayCommand): TrayItem {
  return { kind: 'action', id, label: plain(label), command };
}

function summaryLine({ state, words }: TraySource): string {
  if (state.phase === 'starting') return words.tray.starting;
  if (state.phase === 'stopped') return words.tray.stopped;
  const { facts } = state;
  return facts.connectors.length === 0 ? words.tray.nothingInstalled : words.tray.counts(countConnectors(facts));
}

/** What needs a person, the most urgent in the same order as the icon's shapes. */
function attentionItems({ state, words }: TraySource): readonly TrayItem[] {
  if (state.phase === 'starting') return [];
  if (state.phase === 'stopped') return [action('trouble', cut(state.trouble.message, 80), { do: 'open', place: '/' })];
  const { connectors, approvals, unknowns, vaultProblem, journalWhole } = state.facts;
  const problems = byNeed(connectors.filter(needsPerson), words.locale);
  const more = problems.length - MOST_PROBLEMS;
  return [
    ...problems
      .slice(0, MOST_PROBLEMS)
      .map((connector) =>
        action(
          `problem:${connector.id}`,
          words.tray.problem(cut(connector.name, LONGEST_NAME), stateWord(connector, words)),
          { do: 'open', place: connectorPlace(connector) },
        ),
      ),
    ...(more > 0 ? [action('problems:more', words.tray.andMore(more), { do: 'open', place: '/?state=needs' })] : []),
    ...(approvals.length > 0
      ? [action('approvals', words.tray.approvals(approvals.length), { do: 'open', place: '/approvals' })]
      : []),
    ...(unknowns.length > 0
      ? [action('unknowns', words.tray.unknowns(unknowns.length), { do: 'open', place: '/activity?outcome=unknown' })]
      : []),
    ...(vaultProblem === null
      ? []
      : [action('vault', words.tray.secretsLocked, { do: 'open', place: '/settings/secrets' })]),
    ...(journalWhole ? [] : [action('journal', words.tray.recordDamaged, { do: 'open', place: '/activity' })]),
  ];
}

function connectorItems({ state, words }: TraySource): readonly TrayItem[] {
  if (state.phase !== 'running' || state.facts.connectors.length === 0) return [];
  const { connectors } = state.facts;
  const items: TrayItem[] = byNeed(connectors, words.locale)
    .slice(0, MOST_CONNECTORS)
    .map((connector) => ({
      kind: 'submenu',
      id: `connector:${connector.id}`,
      label: plain(cut(connector.name, LONGEST_NAME)),
      items: [
        { kind: 'text', id: `state:${connector.id}`, label: stateWord(connector, words) },
        action(`open:${connector.id}`, words.tray.openConnector, { do: 'open', place: connectorPlace(connector) }),
        action(`test:${connector.id}`, words.tray.test, {
          do: 'test',
          connectorId: connector.id,
          name: connector.name,
        }),
        action(`uninstall:${connector.id}`, words.tray.uninstall, {
          do: 'uninstall',
          connectorId: connector.id,
          name: connector.name,
        }),
      ],
    }));
  if (connectors.length > MOST_CONNECTORS) {
    items.push(separator, action('connectors:all', words.tray.all(connectors.length), { do: 'open', place: '/' }));
  }
  return [{ kind: 'submenu', id: 'connectors', label: words.tray.connectors, items }];
}

function pauseItems({ state, words }: TraySource): readonly TrayItem[] {
  if (state.phase !== 'running') return [];
  return [
    state.facts.paused
      ? action('resume', words.tray.resume, { do: 'resume' })
      : action('pause', words.tray.pause, { do: 'pause' }),
  ];
}

function machineItems({ words, version, autostart, kiosk, updates }: TraySource): readonly TrayItem[] {
  return [
    // In kiosk mode whoever stands there is not asked.
    ...(kiosk ? [] : updateItems(updates, words.updates)),
    ...(autostart === null || kiosk
      ? []
      : [
          {
            kind: 'check',
            id: 'autostart',
            label: words.tray.autostart,
            checked: autostart,
            command: { do: 'autostart', on: !autostart },
          } as const,
        ]),
    action('support', words.tray.support, { do: 'open', place: '/support' }),
    { kind: 'text', id: 'version', label: words.tray.version(version) },
  ];
}

function quitItem({ state, words, platform, kiosk }: TraySource): TrayItem {
  if (kiosk) return action('leave-kiosk', words.tray.leaveKiosk, { do: 'leave-kiosk' });
  const windows = platform === 'win32';
  const label = state.owner === 'system' ? words.tray.quitDevicesStay(windows) : words.tray.quitDevicesStop(windows);
  return action('quit', label, { do: 'quit' });
}

/** The connector's own page. */
export function connectorPlace({ id }: Pick<ConnectorFacts, 'id'>): string {
  return `/connectors/${encodeURIComponent(id)}`;
}

/** Names come from people and devices: no line breaks, and nothing a menu takes for a mnemonic. */
function plain(label: string): string {
  return label.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').replaceAll('&', '&&');
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
