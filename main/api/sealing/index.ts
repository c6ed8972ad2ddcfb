export { type SealedInto, sealingProof } from './binding.ts';
export { openAuth, sealAuth } from './seal.ts';
export { makeSealingKey, openSealingKey, type SealingKey } from './sealing-key.ts';
