import type { AgentFacts, AgentState, ConnectorFacts } from './agent-state.ts';

/** What the tray's icon tells by its shape, the most serious first. */
export const trayShapes = ['stopped', 'approval', 'unknown', 'attention', 'paused', 'starting', 'working'] as const;
/** One of {@link trayShapes}. */
export type TrayShape = (typeof trayShapes)[number];

/** The most serious thing that is so. Being offline is not among them: nobody has to act on it. */
export function trayShape(state: AgentState): TrayShape {
  if (state.phase === 'stopped') return 'stopped';
  if (state.phase === 'starting') return 'starting';
  const { facts } = state;
  if (facts.approvals.length > 0) return 'approval';
  if (facts.unknowns.length > 0) return 'unknown';
  if (facts.connectors.some(needsPerson) || facts.vaultProblem !== null || !facts.journalWhole) return 'attention';
  return facts.paused ? 'paused' : 'working';
}

/** Whether a person has to do something about this connector. */
export function needsPerson({ state }: ConnectorFacts): boolean {
  return state === 'error' || state === 'pending_auth';
}

/** How many there are of each kind. */
export interface Counts {
  readonly working: number;
  readonly listening: number;
  readonly attention: number;
  /** Installed and never heard. */
  readonly untried: number;
}

/** Counts the connectors. */
export function countConnectors({ connectors }: AgentFacts): Counts {
  const count = (is: (connector: ConnectorFacts) => boolean) => connectors.filter(is).length;
  return {
    working: count(({ state }) => state === 'ok'),
    listening: count(({ state }) => state === 'listening'),
    attention: count(needsPerson),
    untried: count(({ state }) => state === 'starting'),
  };
}

/** Connectors with those that need a person first, then by name. */
export function byNeed(connectors: readonly ConnectorFacts[], locale: string): readonly ConnectorFacts[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return [...connectors].sort(
    (left, right) => Number(needsPerson(right)) - Number(needsPerson(left)) || compare(left.name, right.name),
  );
}
