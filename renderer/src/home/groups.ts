import { standingOf } from '../frame/verdict.ts';
import type { Connector, Device, Listing } from '../live/wire.ts';
import { deviceName } from '../parts/device-name.ts';
import { type Filters, type GroupKey, groupKeys } from './filters.ts';

/** One entry of Home. */
export type Row =
  | { readonly kind: 'connector'; readonly id: string; readonly connector: Connector }
  | { readonly kind: 'device'; readonly id: string; readonly device: Device }
  /** Several connectors that fail for one reason: one problem with several names in it. */
  | { readonly kind: 'cause'; readonly id: string; readonly connectors: readonly Connector[] };

/** A group with its entries in order. */
export interface Group {
  readonly key: GroupKey;
  readonly rows: readonly Row[];
}

/** What Home is made of. */
export interface HomeParts {
  readonly connectors: Iterable<Connector>;
  readonly devices: Iterable<Device>;
  readonly listings: ReadonlyMap<string, Listing>;
  readonly ignored: ReadonlySet<string>;
}

/** The devices that no connector uses. A port whose units are devices of their own is offered through them. */
export function unusedDevices(parts: Pick<HomeParts, 'connectors' | 'devices'>): readonly Device[] {
  const devices = [...parts.devices];
  const used = new Set([...parts.connectors].map((connector) => connector.device?.id));
  const parents = new Set(devices.map((device) => device.parent));
  return devices.filter((device) => device.present && !used.has(device.id) && !parents.has(device.id));
}

/** Everything on this machine by group, without the filters for state: the counts beside the filters are these. */
export function groupsOf(parts: HomeParts, filters: Filters): readonly Group[] {
  const { listings, ignored } = parts;
  const connectors = [...parts.connectors].filter((connector) => connectorMatches(connector, filters, listings));
  const devices = unusedDevices(parts).filter((device) => deviceMatches(device, filters, listings));
  const rows: Record<GroupKey, Row[]> = { needs: [], new: [], working: [], listening: [], untried: [], ignored: [] };
  for (const row of withCauses(connectors)) {
    rows[row.kind === 'connector' ? standingOf(row.connector) : 'needs'].push(row);
  }
  for (const device of devices) {
    rows[ignored.has(device.id) ? 'ignored' : 'new'].push({ kind: 'device', id: device.id, device });
  }
  const inOrder = (key: GroupKey) => (key === 'new' || key === 'ignored' ? newestFirst(rows[key]) : byName(rows[key]));
  return groupKeys.map((key) => ({ key, rows: inOrder(key) }));
}

/** The connectors as rows; those that fail with one cause as one. */
function withCauses(connectors: readonly Connector[]): readonly Row[] {
  const byCause = new Map<string, Connector[]>();
  for (const connector of connectors) {
    const { state, cause_id: cause } = connector.health;
    if (state !== 'error' || cause === null) continue;
    byCause.set(cause, [...(byCause.get(cause) ?? []), connector]);
  }
  const shared = [...byCause].filter(([, those]) => those.length > 1);
  const merged = new Set(shared.flatMap(([, those]) => those.map(({ id }) => id)));
  return [
    ...shared.map(([id, those]): Row => ({ kind: 'cause', id, connectors: those })),
    ...connectors
      .filter(({ id }) => !merged.has(id))
      .map((connector): Row => ({ kind: 'connector', id: connector.id, connector })),
  ];
}

const collator = new Intl.Collator(undefined, { numeric: true });
const nameOf = (row: Row) =>
  row.kind === 'connector' ? row.connector.name : row.kind === 'cause' ? '' : deviceName(row.device);
const byName = (rows: readonly Row[]) => [...rows].sort((left, right) => collator.compare(nameOf(left), nameOf(right)));
const seenAt = (row: Row) => (row.kind === 'device' ? row.device.first_seen_at : '');
const newestFirst = (rows: readonly Row[]) =>
  [...rows].sort((left, right) => seenAt(right).localeCompare(seenAt(left)));

const includes = (texts: readonly (string | null | undefined)[], q: string) => {
  const sought = q.trim().toLowerCase();
  return sought === '' || texts.some((text) => text?.toLowerCase().includes(sought) === true);
};

function connectorMatches(connector: Connector, filters: Filters, listings: HomeParts['listings']): boolean {
  const listing = listings.get(connector.listing);
  if (filters.class !== null && listing?.category !== filters.class) return false;
  const { device } = connector;
  return includes(
    [
      connector.name,
      connector.listing,
      listing?.title,
      ...connector.capabilities,
      device?.path,
      device?.descriptor.product,
      device?.descriptor.serial_number,
      device?.identity.protocol_serial,
    ],
    filters.q,
  );
}

function deviceMatches(device: Device, filters: Filters, listings: HomeParts['listings']): boolean {
  const listing = device.recognition.listing === null ? undefined : listings.get(device.recognition.listing);
  if (filters.class !== null && listing?.category !== filters.class) return false;
  return includes([deviceName(device), device.path, device.descriptor.serial_number, listing?.title], filters.q);
}

/** The categories there is something of, to choose from. */
export function classesOf({ connectors, devices, listings }: HomeParts): readonly string[] {
  const ids = [...connectors].map(({ listing }) => listing);
  const recognised = unusedDevices({ connectors, devices }).map(({ recognition }) => recognition.listing);
  const found = [...ids, ...recognised].flatMap((id) => (id === null ? [] : (listings.get(id)?.category ?? [])));
  return [...new Set(found)].sort();
}
