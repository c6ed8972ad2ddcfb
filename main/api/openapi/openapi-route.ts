import type { JsonObject } from '../../../drivers/kit/index.ts';
import { defineRoute, ok, type Route } from '../route.ts';
import { jsonObjectSchema } from '../schemas/index.ts';

/**
 * `GET /v1/openapi.json`: the document of `routes` and of itself. Made, and what makes it loaded, when first asked for: its
 * examples are larger than the API.
 */
export function createOpenApiRoute(routes: readonly Route[]): Route {
  let document: Promise<JsonObject> | null = null;
  const describe = async (): Promise<JsonObject> => {
    const { describeRoutes } = await import('./openapi.ts');
    return describeRoutes([...routes, route]);
  };
  const route: Route = defineRoute({
    method: 'GET',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document',
    scopes: ['connectors:read'],
    rateClass: 'machine',
    answers: jsonObjectSchema,
    async handle() {
      document ??= describe();
      return ok(await document);
    },
  });
  return route;
}
