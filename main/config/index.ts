export { type ConfigOverrides, loadConfig, parseConfig } from './load-config.ts';
export {
  type Config,
  type ConfiguredPath,
  configSchema,
  type InstallRule,
  installRuleSchema,
  policySchema,
} from './schema.ts';
