export { openVault, type VaultOptions } from './open-vault.ts';
export type { Vault, VaultProvider } from './vault.ts';
