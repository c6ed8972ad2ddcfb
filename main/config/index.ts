export { type ConfigOverrides, loadConfig } from './load-config.ts';
export {
  type Config,
  type ConfiguredPath,
  type InstallRule,
  installRuleSchema,
  policySchema,
} from './schema.ts';
