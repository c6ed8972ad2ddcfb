/** The tabs of a connector's page, as they stand in its address; `live` is the one without. */
export const connectorTabs = ['live', 'actions', 'tests', 'wire', 'mcp', 'settings'] as const;
/** A tab of a connector's page. */
export type ConnectorTab = (typeof connectorTabs)[number];

/** The sections of Settings, as they stand in its address. */
export const settingsSections = ['general', 'display', 'safety', 'access', 'secrets', 'data', 'updates'] as const;
/** A section of Settings. */
export type SettingsSection = (typeof settingsSections)[number];

/** Where one can be. The address alone brings a place back; what is looked for in it stands in the query. */
export type Place =
  | { readonly at: 'home' }
  | { readonly at: 'device'; readonly deviceId: string; readonly installing: boolean }
  | { readonly at: 'catalogue'; readonly installing: string | null }
  | { readonly at: 'connector'; readonly connectorId: string; readonly tab: ConnectorTab }
  | { readonly at: 'approvals'; readonly approvalId: string | null }
  | { readonly at: 'activity'; readonly rowId: string | null }
  | { readonly at: 'cloud' }
  | { readonly at: 'settings'; readonly section: SettingsSection }
  | { readonly at: 'support' }
  | { readonly at: 'kiosk' }
  | { readonly at: 'nowhere'; readonly path: string };

const isOneOf = <Name extends string>(names: readonly Name[], text: string): text is Name =>
  (names as readonly string[]).includes(text);

/** Where this path leads. Never fails: a path that leads nowhere is a place that says so. */
export function placeOf(path: string): Place {
  const nowhere: Place = { at: 'nowhere', path };
  let parts: string[];
  try {
    parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return nowhere;
  }
  const [head, first, second, ...more] = parts;
  if (head === undefined) return { at: 'home' };
  if (more.length > 0) return nowhere;
  switch (head) {
    case 'devices':
      if (first === undefined || (second !== undefined && second !== 'install')) return nowhere;
      return { at: 'device', deviceId: first, installing: second === 'install' };
    case 'catalogue':
      if (first === undefined) return { at: 'catalogue', installing: null };
      return second === 'install' ? { at: 'catalogue', installing: first } : nowhere;
    case 'connectors': {
      const tab = second ?? 'live';
      if (first === undefined || second === 'live' || !isOneOf(connectorTabs, tab)) return nowhere;
      return { at: 'connector', connectorId: first, tab };
    }
    case 'approvals':
      return second === undefined ? { at: 'approvals', approvalId: first ?? null } : nowhere;
    case 'activity':
      return second === undefined ? { at: 'activity', rowId: first ?? null } : nowhere;
    case 'cloud':
      return first === undefined ? { at: 'cloud' } : nowhere;
    case 'settings': {
      const section = first ?? 'general';
      return second === undefined && isOneOf(settingsSections, section) ? { at: 'settings', section } : nowhere;
    }
    case 'support':
      return first === undefined ? { at: 'support' } : nowhere;
    case 'kiosk':
      return first === undefined ? { at: 'kiosk' } : nowhere;
    default:
      return nowhere;
  }
}

/** The path of a place. */
export function pathOf(place: Place): string {
  const id = encodeURIComponent;
  switch (place.at) {
    case 'home':
      return '/';
    case 'device':
      return `/devices/${id(place.deviceId)}${place.installing ? '/install' : ''}`;
    case 'catalogue':
      return place.installing === null ? '/catalogue' : `/catalogue/${id(place.installing)}/install`;
    case 'connector':
      return `/connectors/${id(place.connectorId)}${place.tab === 'live' ? '' : `/${place.tab}`}`;
    case 'approvals':
      return place.approvalId === null ? '/approvals' : `/approvals/${id(place.approvalId)}`;
    case 'activity':
      return place.rowId === null ? '/activity' : `/activity/${id(place.rowId)}`;
    case 'settings':
      return `/settings/${place.section}`;
    case 'nowhere':
      return place.path;
    default:
      return `/${place.at}`;
  }
}
