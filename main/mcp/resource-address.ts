/** What a resource of ours shows. */
export type ResourceAddress =
  | { readonly kind: 'reading'; readonly connectorId: string; readonly capability: string }
  | {
      readonly kind: 'history';
      readonly connectorId: string;
      readonly capability: string;
      /** At most so many readings; as the agent likes when null. */
      readonly limit: number | null;
      /** Only those before this instant. */
      readonly before: string | null;
    }
  | { readonly kind: 'health'; readonly connectorId: string };

const capability = '[a-z]+(?:-[a-z]+)*\\.[a-z]+(?:-[a-z]+)*';
const instant = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?Z';
const form = new RegExp(
  `^fibric-edge://connectors/([A-Za-z0-9_-]+)/(?:(health)|readings/(${capability})(/history(?:\\?(.+))?)?)$`,
);
const query = new RegExp(`^(?:limit=([1-9]\\d{0,5}))?(?:(?:^|&)before=(${instant}))?$`);

/** The addresses of history, as RFC 6570 writes them. */
export const historyTemplate = (connectorId: string, capability: string) =>
  `fibric-edge://connectors/${connectorId}/readings/${capability}/history{?limit,before}`;

/** `fibric-edge://connectors/{id}/readings/{capability}`, its `/history{?limit,before}`, or `.../health`. */
export function formatResource(address: ResourceAddress): string {
  const connector = `fibric-edge://connectors/${address.connectorId}`;
  switch (address.kind) {
    case 'health':
      return `${connector}/health`;
    case 'reading':
      return `${connector}/readings/${address.capability}`;
    case 'history': {
      const given = [
        ...(address.limit === null ? [] : [`limit=${address.limit}`]),
        ...(address.before === null ? [] : [`before=${address.before}`]),
      ];
      const rest = given.length === 0 ? '' : `?${given.join('&')}`;
      return `${connector}/readings/${address.capability}/history${rest}`;
    }
  }
}

/** The other way; null when it is none of ours. */
export function parseResource(uri: string): ResourceAddress | null {
  // Template expansion escapes the colons of an instant.
  const found = form.exec(uri.replaceAll(/%3a/gi, ':'));
  const connectorId = found?.[1];
  if (connectorId === undefined) return null;
  if (found?.[2] !== undefined) return { kind: 'health', connectorId };
  const named = found?.[3] ?? '';
  if (found?.[4] === undefined) return { kind: 'reading', connectorId, capability: named };
  const asked = query.exec(found[5] ?? '');
  if (asked === null) return null;
  const [, limit, before = null] = asked;
  return {
    kind: 'history',
    connectorId,
    capability: named,
    limit: limit === undefined ? null : Number(limit),
    before,
  };
}
