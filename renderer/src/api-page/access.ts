import { failure, RequestError, windowHeaders } from '../live/request.ts';

/** How the page comes in: with the session of the window in this tab, or with a token that lives in this variable alone. */
export type Access = { readonly kind: 'window' } | { readonly kind: 'token'; readonly token: string };

/** The headers that each request of the page carries. */
export function headersOf(access: Access): Readonly<Record<string, string>> {
  return access.kind === 'token' ? { Authorization: `Bearer ${access.token}` } : windowHeaders();
}

/** The document of the API. Rejects with a {@link RequestError}, or a TypeError when nothing answers. */
export async function fetchDocument(access: Access): Promise<object> {
  const response = await fetch('/v1/openapi.json', { headers: headersOf(access), credentials: 'same-origin' });
  if (!response.ok) throw await failure(response);
  const document: unknown = await response.json();
  if (typeof document === 'object' && document !== null) return document;
  throw new RequestError(response.status, 'bad_answer', 'The agent answered with something that is no document.');
}
