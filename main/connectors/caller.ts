/** Who asks. Keys, approvals and the journal are kept apart by `id`. */
export interface Caller {
  /** `local-admin`, `window`, `tok_...`, `hub:...`. */
  readonly id: string;
  readonly kind: 'local-admin' | 'window' | 'token' | 'hub' | 'rule';
  /** For people: the token's name. */
  readonly name: string;
  /** The key that a hub made for a caller who gave none: a call with it counts as one without a key. */
  readonly mintedKey?: string;
}
