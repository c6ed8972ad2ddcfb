export { openVault, type VaultOptions } from './open-vault.ts';
export { type Vault, type VaultProvider, vaultProviders } from './vault.ts';
