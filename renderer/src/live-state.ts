import type { Approval, Connector, Device, Reading, StreamEvent } from './wire.ts';

/** Everything the page shows, as last heard. */
export interface LiveState {
  /** `lost` shows at once when the agent can't be heard; what is shown then is old. */
  readonly link: 'connecting' | 'live' | 'lost' | 'signed_out';
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly devices: ReadonlyMap<string, Device>;
  /** By connector, then by tool. */
  readonly readings: ReadonlyMap<string, ReadonlyMap<string, Reading>>;
  /** Those that wait, and the last few that were decided while the page was open. */
  readonly approvals: ReadonlyMap<string, Approval>;
  /** Whether allowing something needs the PIN. */
  readonly pinSet: boolean;
}

/** Decided approvals that the page keeps. */
const ENDED_KEPT = 5;

export const emptyState: LiveState = {
  link: 'connecting',
  connectors: new Map(),
  devices: new Map(),
  readings: new Map(),
  approvals: new Map(),
  pinSet: false,
};

const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);

const without = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
};

/** The state after one event. An older reading never replaces a newer one. */
export function applyEvent(state: LiveState, event: StreamEvent): LiveState {
  switch (event.type) {
    case 'connector':
      return { ...state, connectors: withEntry(state.connectors, event.connector.id, event.connector) };
    case 'connector_removed':
      return {
        ...state,
        connectors: without(state.connectors, event.connector_id),
        readings: without(state.readings, event.connector_id),
      };
    case 'device':
      return { ...state, devices: withEntry(state.devices, event.device.id, event.device) };
    case 'device_removed':
      return { ...state, devices: without(state.devices, event.device_id) };
    case 'reading': {
      const { reading } = event;
      const tools = state.readings.get(reading.connector_id) ?? new Map<string, Reading>();
      const known = tools.get(reading.tool);
      if (known !== undefined && Date.parse(known.at) > Date.parse(reading.at)) return state;
      return {
        ...state,
        readings: withEntry(state.readings, reading.connector_id, withEntry(tools, reading.tool, reading)),
      };
    }
    case 'approval':
      return { ...state, approvals: withApproval(state.approvals, event.approval) };
    default:
      return state;
  }
}

function withApproval(approvals: LiveState['approvals'], approval: Approval): LiveState['approvals'] {
  const all = withEntry(approvals, approval.id, approval);
  const ended = [...all.values()]
    .filter(({ state }) => state !== 'waiting')
    .sort((left, right) => (right.decision?.at ?? '').localeCompare(left.decision?.at ?? ''));
  return ended.slice(ENDED_KEPT).reduce((rest, { id }) => without(rest, id), all);
}

/** Connectors in the order of the page: what needs a person first, then by name. */
export function sortConnectors(connectors: Iterable<Connector>): Connector[] {
  const rank = (connector: Connector) => (connector.health.state === 'error' ? 0 : 1);
  return [...connectors].sort((left, right) => rank(left) - rank(right) || left.name.localeCompare(right.name));
}

/** One line that says how things stand. */
export function verdict(connectors: Iterable<Connector>, approvals: Iterable<Approval> = []): string {
  const counts = { needs: 0, working: 0, listening: 0, waiting: 0 };
  for (const { health } of connectors) {
    if (health.state === 'error') counts.needs += 1;
    else if (health.state === 'ok') counts.working += 1;
    else if (health.state === 'listening') counts.listening += 1;
    else counts.waiting += 1;
  }
  const asked = [...approvals].filter(({ state }) => state === 'waiting').length;
  const parts = [
    asked > 0 ? `${asked} ${asked === 1 ? 'waits' : 'wait'} for you` : null,
    counts.needs > 0 ? `${counts.needs} ${counts.needs === 1 ? 'needs' : 'need'} you` : null,
    counts.working > 0 ? `${counts.working} working` : null,
    counts.listening > 0 ? `${counts.listening} listening` : null,
    counts.waiting > 0 ? `${counts.waiting} not tried yet` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ') || 'No connectors yet';
}
