export { acknowledgeEpoch, type Epoch, readEpoch } from './epoch.ts';
export { bindingStatement, createIdempotencyStore } from './idempotency-table.ts';
export { readInstallationId } from './installation.ts';
export { jsonColumn } from './json-column.ts';
export { acquireDataFolder, type DataFolder } from './lock.ts';
export { openHubStore, openStore, type StoreLog, type StoreOptions } from './open-store.ts';
export type { Database, HubStore, SqlValue, Statement, Store } from './store.ts';
