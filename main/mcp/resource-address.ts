/** What a resource of ours shows. */
export type ResourceAddress =
  | { readonly kind: 'reading'; readonly connectorId: string; readonly capability: string }
  | { readonly kind: 'health'; readonly connectorId: string };

const form =
  /^fibric-edge:\/\/connectors\/([A-Za-z0-9_-]+)\/(?:readings\/([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)|health)$/;

/** `fibric-edge://connectors/{id}/readings/{capability}` or `.../health`. */
export function formatResource(address: ResourceAddress): string {
  const connector = `fibric-edge://connectors/${address.connectorId}`;
  return address.kind === 'health' ? `${connector}/health` : `${connector}/readings/${address.capability}`;
}

/** The other way; null when it is none of ours. */
export function parseResource(uri: string): ResourceAddress | null {
  const found = form.exec(uri);
  const connectorId = found?.[1];
  if (connectorId === undefined) return null;
  const capability = found?.[2];
  return capability === undefined ? { kind: 'health', connectorId } : { kind: 'reading', connectorId, capability };
}
