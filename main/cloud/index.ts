export { type CloudEvents, type EventCloud, startCloudEvents } from './cloud-events.ts';
export { type FibricCloud, startFibricCloud } from './fibric/fibric-cloud.ts';
