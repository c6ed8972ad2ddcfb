export { createLossCauses } from './loss-causes.ts';
export { explainPermission } from './permission.ts';
export { findPortHolder } from './port-holder.ts';
export type { RegistryEvent } from './publisher.ts';
export { recognise } from './recognition.ts';
export {
  createDeviceRegistry,
  type DeviceRegistry,
  type DeviceRegistryOptions,
  type OtherMachine,
} from './registry.ts';
export { findTakenAdapters, type TakenAdapter } from './taken-adapters.ts';
