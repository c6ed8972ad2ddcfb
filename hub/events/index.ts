export { type EventRetention, type EventScope, type EventStore, openEventStore } from './event-store.ts';
export { createEventsBackend } from './events-backend.ts';
export { eventTables } from './migrations.ts';
