export type {
  Confidence,
  Descriptor,
  Device,
  DeviceMemory,
  DeviceProblem,
  PortHolder,
  Recognition,
  RecognitionCandidate,
  RememberedDevice,
} from './device.ts';
export type {
  ActAnswer,
  AddressCheck,
  Binding,
  BindingState,
  CallTicket,
  DeviceEvent,
  DeviceSide,
  ListingDescription,
  PendingRelease,
  Picture,
  ReleaseReason,
  StreamEntry,
  ToolDescription,
} from './device-side.ts';
export { findPortHolder, findTakenAdapters, type TakenAdapter } from './discovery/index.ts';
export type {
  IdentifyAttempt,
  IdentifyExchange,
  IdentifyProgress,
  IdentifyReport,
} from './identify-report.ts';
export { createDeviceSide, type DeviceSideOptions } from './in-process-device-side.ts';
export { createPermitAuthority, type PermitAuthority } from './permit.ts';
/** What software sources go through as devices do: turns, gate, queue, calls. */
export {
  type Clock,
  createCalls,
  createEventFan,
  createFrameGate,
  createPortQueue,
  createReadSharing,
  createToolSet,
  createTurns,
  describeTool,
  drawPreview,
  systemClock,
  type ToolSet,
  type TurnHost,
  toJsonSchema,
  type WorkOptions,
  type WorkTools,
} from './sessions/index.ts';
export type { WireCall, WireFrame } from './wire/wire-frame.ts';
export { createWireTaps, noWireTap, type WireTap } from './wire/wire-taps.ts';
