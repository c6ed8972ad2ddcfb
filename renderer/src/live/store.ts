import { useSyncExternalStore } from 'react';
import type { AgentHealth, Approval, Connector, Device, Listing, StreamEvent } from './wire.ts';

/** Everything the page shows but readings, as last heard. What did not change keeps its identity. */
export interface LiveState {
  /** `lost` shows at once when the agent can't be heard; what is shown then is old. */
  readonly link: 'connecting' | 'live' | 'lost' | 'signed_out';
  /** When the agent was last heard before it was lost, in milliseconds; null while it is heard. */
  readonly lostSinceMs: number | null;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly devices: ReadonlyMap<string, Device>;
  /** Those that wait, and the last few that were decided while the page was open. */
  readonly approvals: ReadonlyMap<string, Approval>;
  /** Whether allowing something needs the PIN. */
  readonly pinSet: boolean;
  /** Whether all side effects are stopped. */
  readonly paused: boolean;
  /** The agent as a whole when it was last asked; null before. */
  readonly agent: AgentHealth | null;
  /** The catalogue; empty until it came, shortly after the rest. */
  readonly listings: ReadonlyMap<string, Listing>;
  /** Counts state fetched anew, after which anything may have changed: a place that keeps lists of its own asks again. */
  readonly generation: number;
}

/** Decided approvals that the page keeps. */
const ENDED_KEPT = 5;

export const emptyState: LiveState = {
  link: 'connecting',
  lostSinceMs: null,
  connectors: new Map(),
  devices: new Map(),
  approvals: new Map(),
  pinSet: false,
  paused: false,
  agent: null,
  listings: new Map(),
  generation: 0,
};

const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);

const without = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
};

/** The state after one event. Readings are kept apart (`readings.ts`). */
export function applyEvent(state: LiveState, event: StreamEvent): LiveState {
  switch (event.type) {
    case 'connector':
      return {
        ...state,
        connectors: withEntry(state.connectors, event.connector.id, event.connector),
        devices: ownedBy(state.devices, event.connector),
      };
    case 'connector_removed':
      return {
        ...state,
        connectors: without(state.connectors, event.connector_id),
        devices: ownedBy(state.devices, { id: event.connector_id, device: null }),
      };
    case 'device':
      return {
        ...state,
        devices: withEntry(state.devices, event.device.id, event.device),
        connectors: withDevice(state.connectors, event.device),
      };
    case 'device_removed':
      return { ...state, devices: without(state.devices, event.device_id) };
    case 'approval':
      return { ...state, approvals: withApproval(state.approvals, event.approval) };
    case 'pause':
      return state.paused === event.paused ? state : { ...state, paused: event.paused };
    default:
      return state;
  }
}

/** A device carries its owner, which changes with what is installed: the device itself tells nothing of that. */
function ownedBy(
  devices: LiveState['devices'],
  { id, device }: Pick<Connector, 'id' | 'device'>,
): LiveState['devices'] {
  const left = [...devices.values()].filter(
    ({ id: deviceId, owner }) => owner?.type === 'connector' && owner.id === id && deviceId !== device?.id,
  );
  const known = device === null ? undefined : devices.get(device.id);
  const isNews = device !== null && JSON.stringify(known?.owner) !== JSON.stringify(device.owner);
  if (left.length === 0 && !isNews) return devices;
  const next = new Map(devices);
  for (const each of left) next.set(each.id, { ...each, owner: null });
  if (isNews) next.set(device.id, device);
  return next;
}

/** A connector carries its device, which changes by itself. */
function withDevice(connectors: LiveState['connectors'], device: Device): LiveState['connectors'] {
  const owner = [...connectors.values()].find((connector) => connector.device?.id === device.id);
  return owner === undefined ? connectors : withEntry(connectors, owner.id, { ...owner, device });
}

function withApproval(approvals: LiveState['approvals'], approval: Approval): LiveState['approvals'] {
  const all = withEntry(approvals, approval.id, approval);
  const ended = [...all.values()]
    .filter(({ state }) => state !== 'waiting')
    .sort((left, right) => (right.decision?.at ?? '').localeCompare(left.decision?.at ?? ''));
  return ended.slice(ENDED_KEPT).reduce((rest, { id }) => without(rest, id), all);
}

let state: LiveState = emptyState;
const listeners = new Set<() => void>();

/** The state now, outside React. */
export function liveState(): LiveState {
  return state;
}

/** Puts a new state in place and draws what hangs on it. */
export function setLiveState(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

/** Called after each change; returns what ends it. */
export function subscribeLiveState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What `select` takes from the state; the component is drawn again only when that is another value. */
export function useLive<Part>(select: (state: LiveState) => Part): Part {
  return useSyncExternalStore(subscribeLiveState, () => select(state));
}

/** Puts what an answer said into the page without waiting for its event. */
export function noteEvent(event: Exclude<StreamEvent, { readonly type: 'reading' }>): void {
  setLiveState(applyEvent(state, event));
}

/** A PIN was set while the page was open. */
export function notePinNeeded(): void {
  setLiveState({ ...state, pinSet: true });
}
