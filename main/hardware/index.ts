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
  Binding,
  BindingState,
  CallTicket,
  DeviceEvent,
  DeviceSide,
  IdentifyReport,
  ListingDescription,
  ToolDescription,
} from './device-side.ts';
export { createDeviceSide, type DeviceSideOptions } from './in-process-device-side.ts';
export { createPermitAuthority, type PermitAuthority } from './permit.ts';
