export { type CloudEvents, type EventCloud, startCloudEvents } from './cloud-events.ts';
