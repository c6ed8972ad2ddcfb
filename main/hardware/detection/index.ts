export { explainPermission } from './permission.ts';
export { findPortHolder } from './port-holder.ts';
export {
  createDeviceRegistry,
  type DeviceRegistry,
  type DeviceRegistryOptions,
  type RegistryEvent,
} from './registry.ts';
