export { answerError } from './answer-error.ts';
export type {
  CalledTool,
  ConnectorsBackend,
  Installed,
  JournalExport,
  KeyRecord,
  Page,
  PageRequest,
} from './backend.ts';
export type { ErrorAnswer } from './errors.ts';
export type { EventPosition, EventsBackend, Ingested, KeyedEvent, PlacedEvent } from './events-backend.ts';
export type { HubBackend, Typist } from './hub-backend.ts';
export { createHubRoutes } from './hub-routes.ts';
export {
  createIdempotency,
  hashBody,
  type Idempotency,
  type IdempotencyRecord,
  type IdempotencyScope,
  type IdempotencyStore,
} from './idempotency.ts';
export { checkHostAndOrigin, createHostOriginGuard, type Guard } from './local-guard.ts';
export { invalidCursor, pageOf } from './pagination.ts';
export { type Partition, type Principal, type Scope, scopes } from './principal.ts';
export { readVersion } from './product-version.ts';
export type { Route } from './route.ts';
export { type ApiRouterOptions, createApiRouter } from './router.ts';
export { createStreamCount, type StreamCount } from './stream-count.ts';
