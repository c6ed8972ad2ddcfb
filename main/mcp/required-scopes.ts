import { z } from 'zod';
import type { Principal, Scope } from '../api/index.ts';
import { inSight, scopeOf, type Toolset } from './toolset.ts';

const callSchema = z.looseObject({ method: z.literal('tools/call'), params: z.looseObject({ name: z.string() }) });
const listenSchema = z.looseObject({
  method: z.literal('subscriptions/listen'),
  params: z.looseObject({ notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()) }) }),
});
const methodSchema = z.looseObject({ method: z.string() });

/** Any of these lets a token in at all. */
export const toolScopes: readonly Scope[] = ['tools:read', 'tools:act'];

/** The scopes of which a token lacks every one for this JSON-RPC message (or batch); null when it has what is needed. */
export function missingScopes(body: unknown, toolset: Toolset, principal: Principal): readonly Scope[] | null {
  const messages = Array.isArray(body) ? body : [body];
  for (const message of messages) {
    const needed = neededScopes(message, toolset, principal);
    if (!needed.some((scope) => principal.scopes.has(scope))) return needed;
  }
  return null;
}

function neededScopes(message: unknown, toolset: Toolset, principal: Principal): readonly Scope[] {
  const call = callSchema.safeParse(message);
  if (call.success) {
    const entry = toolset.find(call.data.params.name);
    return entry === null || !inSight(principal, entry) ? toolScopes : [scopeOf(entry)];
  }
  if (listenSchema.safeParse(message).success) return ['tools:read'];
  const { data } = methodSchema.safeParse(message);
  return data?.method.startsWith('resources/') === true ? ['tools:read'] : toolScopes;
}

/**
 * The message without the subscriptions that lie outside the token's limits; the acknowledgement then names what is left.
 */
export function withinLimits(message: unknown, mayListen: (uri: string) => boolean): unknown {
  const listen = listenSchema.safeParse(message);
  if (!listen.success) return message;
  const { params } = listen.data;
  const { notifications } = params;
  const resourceSubscriptions = notifications.resourceSubscriptions.filter(mayListen);
  return { ...listen.data, params: { ...params, notifications: { ...notifications, resourceSubscriptions } } };
}
