import { AgentError } from '../../drivers/kit/index.ts';
import type { ApiClient } from '../api/client.ts';
import type { AgentMessage } from './agent-messages.ts';
import type { AgentFacts, AgentOwner, AgentState, Trouble } from './agent-state.ts';
import { createBackOff } from './back-off.ts';
import { type Clock, pause } from './clock.ts';
import type { FoundAgent } from './find-agent.ts';
import type { IncidentLog } from './incidents.ts';

/** An agent as a child of this program. */
export interface AgentChild {
  readonly pid: number | undefined;
  /** Resolves with what it says first: that it is ready, or why it is not. Rejects when it ends without a word. */
  readonly started: Promise<Extract<AgentMessage, { type: 'ready' | 'failed' }>>;
  /** Resolves with its exit code when it is gone. */
  readonly ended: Promise<number | null>;
  /** The last lines it wrote. */
  lastLines(): readonly string[];
  /** Asks it to end, and ends it when it does not; resolves when it is gone. Idempotent. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** What the supervisor needs around it. */
export interface SupervisorParts {
  readonly clock: Clock;
  readonly incidents: IncidentLog;
  readonly find: (signal: AbortSignal) => Promise<FoundAgent>;
  /** Starts an agent; only called while none was found. */
  readonly fork: () => AgentChild;
  /** Reaches the agent that was forked. */
  readonly connect: () => ApiClient;
  readonly watch: (api: ApiClient, signal: AbortSignal, tell: (facts: AgentFacts) => void) => Promise<never>;
  readonly onState: (state: AgentState) => void;
}

/** Keeps an agent reachable: attaches to one that runs, else starts one and starts it again. */
export interface Supervisor {
  /** Runs until {@link Supervisor.stop}; never rejects. */
  run(): Promise<void>;
  state(): AgentState;
  /** The client of the agent that runs; null while none does. */
  api(): ApiClient | null;
  /** Ends a wait between two tries. */
  retry(): void;
  /** Asks the agent this shell started to end, which brings a new one. Does nothing to one of the system. */
  restart(): void;
  /** Stops following, and ends the agent if it is ours; idempotent. */
  stop(): Promise<void>;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** An agent that lived so long had started well: its end is a first failure. */
const LASTED_MS = 60_000;
const GONE_MS = 2_000;

/** Makes a {@link Supervisor} that does nothing before `run`. */
export function createSupervisor(parts: SupervisorParts): Supervisor {
  const { clock, incidents, onState } = parts;
  const stopping = new AbortController();
  const backOff = createBackOff({ firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS });
  let state: AgentState = { phase: 'starting', owner: null };
  let api: ApiClient | null = null;
  let child: AgentChild | null = null;
  let waiting = new AbortController();
  let running: Promise<void> | null = null;

  const setState = (next: AgentState) => {
    state = next;
    if (!stopping.signal.aborted) onState(next);
  };

  /** Follows until the agent is lost; resolves with why. */
  const follow = async (client: ApiClient, owner: AgentOwner, lost: AbortSignal): Promise<AgentError> => {
    api = client;
    try {
      return await parts.watch(client, AbortSignal.any([stopping.signal, lost]), (facts) => {
        setState({ phase: 'running', owner, facts });
      });
    } catch (error) {
      return AgentError.from(error);
    } finally {
      api = null;
      client.close();
    }
  };

  /** One life of an agent of ours; resolves with why it is over. */
  const runOwn = async (): Promise<Trouble> => {
    setState({ phase: 'starting', owner: 'shell' });
    const own = parts.fork();
    child = own;
    const startedMs = clock.monotonicMs();
    try {
      const first = await own.started;
      if (first.type === 'failed') {
        incidents.record({ kind: 'agent-would-not-start', message: first.message, facts: { code: first.code } });
        return { code: first.code, message: first.message, hint: first.hint, lastLines: own.lastLines() };
      }
      const gone = new AbortController();
      const exit = own.ended.then((code) => {
        gone.abort();
        return code;
      });
      const why = await follow(parts.connect(), 'shell', gone.signal);
      if (clock.monotonicMs() - startedMs >= LASTED_MS) backOff.reset();
      // A connection ends a moment before its process is known to be gone.
      await pause(clock, GONE_MS, AbortSignal.any([gone.signal, stopping.signal]));
      if (!gone.signal.aborted && !stopping.signal.aborted) {
        incidents.record({ kind: 'agent-silent', message: why.message, facts: { pid: own.pid ?? null } });
        own.kill();
      }
      const code = await exit;
      if (!stopping.signal.aborted)
        incidents.record({ kind: 'agent-ended', message: 'The agent ended.', facts: { code, pid: own.pid ?? null } });
      return ended(code, own.lastLines());
    } catch (error) {
      const { code, message, hint } = AgentError.from(error);
      incidents.record({ kind: 'agent-would-not-start', message, facts: { code } });
      return { code, message, hint: hint ?? null, lastLines: own.lastLines() };
    } finally {
      child = null;
      await own.stop();
    }
  };

  const once = async (): Promise<Trouble | null> => {
    const found = await parts.find(stopping.signal);
    if (stopping.signal.aborted) {
      if (found.kind === 'running') found.api.close();
      return null;
    }
    if (found.kind === 'none') return runOwn();
    if (found.kind === 'service-silent') {
      const { code, message, hint } = found.error;
      return { code, message, hint: hint ?? null, lastLines: [] };
    }
    setState({ phase: 'starting', owner: found.owner });
    const startedMs = clock.monotonicMs();
    const { code, message, hint } = await follow(found.api, found.owner, new AbortController().signal);
    // It may be back already, or be replaced by one of ours: looked for again before it is called trouble.
    if (clock.monotonicMs() - startedMs >= FIRST_WAIT_MS) {
      backOff.reset();
      return null;
    }
    return { code, message, hint: hint ?? null, lastLines: [] };
  };

  const wait = async (trouble: Trouble): Promise<void> => {
    const nextTryMs = backOff.next();
    waiting = new AbortController();
    setState({ phase: 'stopped', owner: state.owner, trouble, tries: backOff.failures(), nextTryMs });
    await pause(clock, nextTryMs, AbortSignal.any([waiting.signal, stopping.signal]));
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const trouble = await once();
        if (stopping.signal.aborted) break;
        if (trouble !== null) await wait(trouble);
      } catch (error) {
        if (stopping.signal.aborted) break;
        const { code, message, hint } = AgentError.from(error);
        await wait({ code, message, hint: hint ?? null, lastLines: [] });
      }
    }
  };

  return {
    run() {
      running ??= loop();
      return running;
    },
    state: () => state,
    api: () => api,
    retry: () => waiting.abort(),
    restart: () => void child?.stop(),
    async stop() {
      stopping.abort();
      await child?.stop();
      await running;
    },
  };
}

function ended(code: number | null, lastLines: readonly string[]): Trouble {
  return {
    code: 'agent_unreachable',
    message: `The agent ended by itself (exit code ${code ?? 'unknown'}).`,
    hint: 'It is started again. If this goes on, look at the logs or send a support bundle.',
    lastLines,
  };
}
