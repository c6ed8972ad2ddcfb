export type { CalledTool, ConnectorsBackend, Installed, JournalExport, Page, PageRequest } from './backend.ts';
export type { ErrorAnswer } from './errors.ts';
export type { EventPosition, EventsBackend, Ingested, KeyedEvent, PlacedEvent } from './events-backend.ts';
export type { IdempotencyRecord, IdempotencyScope, IdempotencyStore } from './idempotency.ts';
export { checkHostAndOrigin, createHostOriginGuard, type Guard } from './local-guard.ts';
export { pageOf } from './pagination.ts';
export { type Principal, type Scope, scopes } from './principal.ts';
export { type ApiRouterOptions, createApiRouter } from './router.ts';
