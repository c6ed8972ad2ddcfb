import { useSyncExternalStore } from 'react';
import { RequestError, request } from '../live/request.ts';
import { rest } from '../live/retry.ts';
import { streamMessages } from '../live/stream.ts';
import { dropSession } from './session.ts';
import {
  hubEventSchema,
  type Machine,
  machineListSchema,
  type PageSession,
  pageSessionSchema,
  type Scope,
} from './wire.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** What connectors and devices tell together is looked at once. */
const GATHER_MS = 500;
/** For a key that may not read the stream. */
const POLL_MS = 5_000;

/** What the page knows of its hub. */
export interface HubState {
  /** `lost` shows at once when the hub can't be heard; what is shown then is old. */
  readonly link: 'connecting' | 'live' | 'lost' | 'signed_out';
  /** When the hub was last heard before it was lost, in milliseconds; null while it is heard. */
  readonly lostSinceMs: number | null;
  /** Whether the page was signed in before. */
  readonly wasIn: boolean;
  readonly session: PageSession | null;
  /** Null where this key may not see them. */
  readonly machines: ReadonlyMap<string, Machine> | null;
  /** Counts state fetched anew, after which anything may have changed. */
  readonly generation: number;
  /** Counts changes of connectors and devices. */
  readonly items: number;
}

const emptyState: HubState = {
  link: 'connecting',
  lostSinceMs: null,
  wasIn: false,
  session: null,
  machines: null,
  generation: 0,
  items: 0,
};

let state: HubState = emptyState;
const listeners = new Set<() => void>();

function set(change: Partial<HubState>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

/** What `select` takes from the state; the component is drawn again only when that is another value. */
export function useHub<Part>(select: (state: HubState) => Part): Part {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => select(state),
  );
}

/** Whether the key of this session has this scope. */
export function useMay(scope: Scope): boolean {
  return useHub(({ session }) => session?.scopes.includes(scope) === true);
}

/** Puts what an answer said of a machine into the page without waiting for its event. */
export function noteMachine(machine: Machine): void {
  if (state.machines !== null) set({ machines: new Map(state.machines).set(machine.id, machine) });
}

async function fetchMachines(session: PageSession, signal: AbortSignal): Promise<HubState['machines']> {
  if (!session.scopes.includes('agents:read')) return null;
  const { data } = await request('GET', '/v1/agents', machineListSchema, { signal, unattended: true });
  return new Map(data.map((machine) => [machine.id, machine]));
}

async function takeIn(session: PageSession, signal: AbortSignal): Promise<void> {
  const machines = await fetchMachines(session, signal);
  set({ link: 'live', lostSinceMs: null, wasIn: true, session, machines, generation: state.generation + 1 });
}

/** Follows the stream until it ends: the stream first, then what is there, so that nothing falls between. */
async function followStream(session: PageSession, signal: AbortSignal, heard: () => void): Promise<void> {
  const messages = await streamMessages('/v1/stream', signal);
  await takeIn(session, signal);
  heard();
  let gathering = false;
  const gathered = () => {
    gathering = false;
    set({ items: state.items + 1 });
  };
  for await (const { data } of messages) {
    const { data: event } = hubEventSchema.safeParse(JSON.parse(data));
    if (event === undefined) continue;
    if (event.type === 'agent') noteMachine(event.agent);
    else if (event.type === 'gap') await takeIn(session, signal);
    else if (!gathering) {
      gathering = true;
      setTimeout(gathered, GATHER_MS);
    }
  }
}

async function poll(session: PageSession, signal: AbortSignal, heard: () => void): Promise<void> {
  await takeIn(session, signal);
  heard();
  for (;;) {
    await rest(POLL_MS, signal);
    const machines = await fetchMachines(session, signal);
    set({ machines });
    // The list of machines needs a scope that this key may lack; whether the session stands does not.
    if (machines === null) await request('GET', '/session', pageSessionSchema, { signal, unattended: true });
  }
}

/** Follows the hub until `signal` aborts or the session is over. */
export async function followHub(signal: AbortSignal): Promise<void> {
  set({ ...emptyState, wasIn: state.wasIn });
  let retryMs = FIRST_RETRY_MS;
  const heard = () => {
    retryMs = FIRST_RETRY_MS;
  };
  while (!signal.aborted) {
    try {
      const session = await request('GET', '/session', pageSessionSchema, { signal, unattended: true });
      if (session.scopes.includes('connectors:read')) await followStream(session, signal, heard);
      else await poll(session, signal, heard);
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) {
        dropSession();
        set({ ...emptyState, link: 'signed_out', wasIn: state.wasIn });
        return;
      }
    }
    if (signal.aborted) return;
    set({ link: 'lost', lostSinceMs: state.lostSinceMs ?? Date.now() });
    await rest(retryMs, signal);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  }
}
