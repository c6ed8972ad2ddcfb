import { wholeList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import { type CreatedToken, createdTokenSchema, listOf, tokenBodySchema, tokenSchema } from './schemas/index.ts';

const local = { scopes: ['tokens:write'], reach: 'machine', rateClass: 'tokens' } as const;

/** Tokens are made, seen and ended on this machine only. */
export const tokensRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/tokens',
    operationId: 'createToken',
    summary: 'Make a token; its secret is in this answer and nowhere else',
    ...local,
    body: tokenBodySchema,
    answers: createdTokenSchema,
    status: 201,
    async handle({ backend, principal, body, record }) {
      const early = record === null ? null : (made: CreatedToken) => record(withoutSecret(made));
      const created = await backend.createToken(principal, body, early);
      return { kind: 'json', status: 201, body: created, replayBody: withoutSecret(created) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/tokens',
    operationId: 'listTokens',
    summary: 'Tokens without their secrets',
    ...local,
    answers: listOf(tokenSchema),
    handle: async ({ backend, principal }) => ok(wholeList(await backend.listTokens(principal))),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/tokens/{id}',
    operationId: 'revokeToken',
    summary: 'End a token for good and close its streams',
    ...local,
    answers: tokenSchema,
    handle: async ({ backend, principal, params: { id = '' } }) => ok(await backend.revokeToken(principal, id)),
  }),
];

function withoutSecret({ token: _, ...kept }: CreatedToken): object {
  return kept;
}
