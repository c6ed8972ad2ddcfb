export {
  type AgentFrame,
  agentFrameSchema,
  type HubFrame,
  hubFrameSchema,
  type LinkCall,
  type LinkCaller,
  linkPath,
  linkProtocol,
  maxFrameBytes,
  maxRequests,
  maxStreams,
  type ProjectionKind,
  readFrame,
  relayWindow,
} from './frames.ts';
export { keyWords } from './key-words.ts';
export {
  type IdentityKey,
  isSignedBy,
  linkProof,
  makeIdentityKey,
  openIdentityKey,
  pairingProof,
} from './proofs.ts';
