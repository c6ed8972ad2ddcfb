import type { AgentFacts, AgentState, ConnectorFacts } from '../agent-state.ts';
import type { UpdateFacts } from '../updates/update-facts.ts';

/** A connector that works, but for `change`. */
export function connector(change: Partial<ConnectorFacts> & { readonly id: string }): ConnectorFacts {
  return {
    name: change.id,
    state: 'ok',
    reason: null,
    hint: null,
    causeId: null,
    hasWorked: true,
    ...change,
  };
}

/** An agent with nothing on it, but for `change`. */
export function facts(change: Partial<AgentFacts> = {}): AgentFacts {
  return {
    version: '0.1.0',
    paused: false,
    connectors: [],
    approvals: [],
    unknowns: [],
    freeDevices: [],
    vaultProblem: null,
    journalWhole: true,
    ...change,
  };
}

/** An agent that runs, of this shell. */
export function running(change: Partial<AgentFacts> = {}): AgentState {
  return { phase: 'running', owner: 'shell', facts: facts(change) };
}

/** An agent that does not start. */
export function stopped(tries = 1): AgentState {
  return {
    phase: 'stopped',
    owner: 'shell',
    trouble: { code: 'already_running', message: 'Another agent works here already.', hint: 'Stop it.', lastLines: [] },
    tries,
    nextTryMs: 1_000,
  };
}

/** Nothing to say of updates, but for `change`. */
export function updateFacts(change: Partial<UpdateFacts> = {}): UpdateFacts {
  return {
    way: 'self',
    mode: 'ask',
    phase: 'idle',
    version: null,
    percent: null,
    hold: null,
    lookedAt: null,
    problem: null,
    result: null,
    canPutBack: false,
    ...change,
  };
}
