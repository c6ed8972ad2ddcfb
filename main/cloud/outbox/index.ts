export { createBatchCarrier, type EventDestination } from './http-carrier.ts';
export { type Outbox, openOutbox } from './outbox.ts';
export { type Sender, startSender } from './sender.ts';
export type { OutboxBounds } from './terms.ts';
