import { approvalsRoutes } from './approvals-routes.ts';
import { callRoute } from './call-route.ts';
import { cloudNetworkRoutes } from './cloud-network-routes.ts';
import { cloudRoutes } from './cloud-routes.ts';
import { connectorTestRoute } from './connector-test-route.ts';
import { connectorsRoutes } from './connectors-routes.ts';
import { devicesRoutes } from './devices-routes.ts';
import type { EventsBackend } from './events-backend.ts';
import { createEventsRoutes } from './events-routes.ts';
import { fibricRoutes } from './fibric-routes.ts';
import { journalRoutes } from './journal-routes.ts';
import { kioskRoutes } from './kiosk-routes.ts';
import { machineRoutes } from './machine-routes.ts';
import { createOpenApiRoute } from './openapi/openapi-route.ts';
import { operatorsRoutes } from './operators-routes.ts';
import { outboxRoute } from './outbox-route.ts';
import { overviewRoute } from './overview-route.ts';
import { previewRoute } from './preview-route.ts';
import type { Route } from './route.ts';
import { createStreamRoute } from './stream.ts';
import type { StreamOptions } from './stream-count.ts';
import { tokensRoutes } from './tokens-routes.ts';
import { createWireRoutes } from './wire-routes.ts';

/** Which routes there are beside those of the Connectors API, or not. */
export interface RouteChoice {
  /** Leaves routes out that have no meaning here; default: none. */
  readonly serves?: (route: Route) => boolean;
  readonly more?: readonly Route[];
}

/** Every route under `/v1`, the document that describes them included. `events`: null where none are kept. */
export function createRoutes(
  options: RouteChoice & { readonly stream: StreamOptions; readonly events: EventsBackend | null },
): readonly Route[] {
  const all = [
    ...connectorsRoutes,
    connectorTestRoute,
    callRoute,
    ...operatorsRoutes,
    ...createWireRoutes(options.stream),
    overviewRoute,
    previewRoute,
    ...devicesRoutes,
    ...journalRoutes,
    ...approvalsRoutes,
    ...tokensRoutes,
    ...machineRoutes,
    ...kioskRoutes,
    outboxRoute,
    ...fibricRoutes,
    ...cloudRoutes,
    ...cloudNetworkRoutes,
    createStreamRoute(options.stream),
    ...(options.events === null ? [] : createEventsRoutes(options.events, options.stream)),
  ];
  const described = [...all.filter(options.serves ?? (() => true)), ...(options.more ?? [])];
  return [...described, createOpenApiRoute(described)];
}
