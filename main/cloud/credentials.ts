/** What this agent may use against its hub over HTTP, while its link stands. */
export interface CloudCredential {
  /** `https://hub.example.com`, without a slash at the end. */
  readonly origin: string;
  /** For `Authorization: Bearer`; never written to disk or log. */
  readonly token: string;
  /** Events of simulated devices must not go to a `live` partition. */
  readonly mode: 'live' | 'test';
  /** Of this agent at the hub: `agt_...`. */
  readonly agentId: string;
}

/** Where the outbox takes its credential from (docs/decisions/0031-the-link-has-verbs-events-go-by-http.md). */
export interface CloudCredentials {
  /** Null while there is no pairing or no link. */
  current(): CloudCredential | null;
  /** Called with each new credential, with null when it ends, and when the pairing changes; returns what ends the subscription. */
  subscribe(listener: (credential: CloudCredential | null) => void): () => void;
}
