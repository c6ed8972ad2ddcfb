export { type Cloud, createCloud } from './cloud.ts';
export { type CloudEvents, type EventCloud, startCloudEvents } from './cloud-events.ts';
export type { CloudCredential, CloudCredentials } from './credentials.ts';
export { feedHub } from './feed-hub.ts';
export { type FibricCloud, startFibricCloud } from './fibric/fibric-cloud.ts';
export { createSend } from './way-out/send.ts';
export { walkTo } from './way-out/walk.ts';
export { createWayOut, type WayOut } from './way-out/way-out.ts';
