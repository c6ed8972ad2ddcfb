export { type BoundDevice, createBoundDevice } from './bound-device.ts';
export { type Calls, createCalls } from './calls.ts';
export { type Clock, systemClock } from './clock.ts';
export { type KnownDevices, type LogLine, type PortExplanations, printerNotes } from './device-registry.ts';
export { createDeviceWork, type WorkOptions, type WorkTools } from './device-work.ts';
export {
  contextOf,
  createDriverCatalogue,
  type DriverCatalogue,
  describeTool,
  type ParsedConfig,
  settingsOn,
  toJsonSchema,
  toolsOf,
} from './driver-catalogue.ts';
export { createEventFan } from './event-fan.ts';
export { createExchangeEngine } from './exchange.ts';
export { createFrameGate } from './frame-gate.ts';
export { createHeldOutputs } from './held-outputs.ts';
export { openPort, type PortPlace } from './open-port.ts';
export { createPortQueue } from './port-queue.ts';
export type { Line } from './port-session.ts';
export { createPorts, type Ports } from './ports.ts';
export { drawPreview } from './preview.ts';
export { createReadSharing } from './read-sharing.ts';
export { openTcpTransport } from './tcp-transport.ts';
export { createToolSet, type ToolSet } from './tool-set.ts';
export type { Transport } from './transport.ts';
export { createTurns, type TurnHost } from './turns.ts';
export { noBackoff } from './unit-backoff.ts';
