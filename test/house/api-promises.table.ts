/** A promise of the API and the local endpoint, and the tests that hold it. */
export interface Promised {
  /** Section and line of the contract. */
  readonly line: string;
  readonly promise: string;
  /** File and the name of a test in it. */
  readonly tests: readonly (readonly [file: string, name: string])[];
  /** Why there is no test yet. */
  readonly open?: string;
}

const api = 'test/whole/contract-api.test.ts';
const endpoint = 'test/whole/contract-endpoint.test.ts';
const keys = 'main/api/idempotency.test.ts';
const wholeKeys = 'test/whole/idempotency.test.ts';
const router = 'main/api/router.test.ts';
const tokens = 'main/access/tokens.test.ts';
const sessions = 'main/access/window-sessions.test.ts';
const come = 'main/agent/http/authenticate.test.ts';
const operators = 'main/connectors/operators/operators.test.ts';

export const apiPromises: readonly Promised[] = [
  {
    line: '4.1',
    promise: 'Checks: Host and Origin, token, scope, rate, idempotency, body, existence, state',
    tests: [
      [api, 'is Host and Origin, token, scope, key, body, existence, state'],
      [api, 'has the rate after the scope and before everything about the request'],
      [router, 'checks the scope before the rate and the rate before the version'],
      [router, 'asks for a token before it tells which routes and methods there are'],
    ],
  },
  {
    line: '4.2',
    promise: 'A query parameter empty, repeated, malformed or outside its enum is invalid_parameter',
    tests: [
      [api, 'refused: %s'],
      [api, 'refused elsewhere too: %s'],
    ],
  },
  {
    line: '4.2',
    promise: 'An unknown capability gives an empty list',
    tests: [[api, 'of an unknown capability give an empty list']],
  },
  {
    line: '4.2',
    promise: 'A malformed or foreign cursor is invalid_cursor',
    tests: [[api, 'of other filters, other lists or nobody are invalid_cursor']],
  },
  {
    line: '4.2',
    promise: '413 over 1 MiB, 405 for a wrong method, both invalid_request_error',
    tests: [
      [api, 'are the envelope, also for bodies over 1 MiB, wrong methods, unknown routes and bad JSON'],
      [router, 'takes a body of exactly 1 MiB, and no compressed one'],
    ],
  },
  {
    line: '4.3',
    promise: 'List items have exactly seven fields',
    tests: [[api, 'have exactly seven fields in a list']],
  },
  {
    line: '4.3',
    promise: 'Each capability has a tool of the same name',
    tests: [[api, 'have a tool of the same name for each capability']],
  },
  {
    line: '4.3',
    promise: 'Install: 201 without tools, last_synced_at null; a missing name is the listing id',
    tests: [
      [api, 'are installed ahead of their device by a match, in error, named after the listing, without tools'],
      ['main/api/connectors-routes.test.ts', 'answers 201 with the seed fields, without tools, never synced'],
    ],
  },
  {
    line: '4.3',
    promise: 'A taken name and a bound device are state_conflict',
    tests: [
      [api, 'are not bound twice to one device, nor named alike'],
      [
        'main/connectors/installing/install.test.ts',
        'rejects a taken name or device, also when both installations run at once',
      ],
    ],
  },
  {
    line: '4.5',
    promise: 'Hardware needs config.device',
    tests: [[api, 'need to be told their device, and nothing further']],
  },
  {
    line: '4.5',
    promise: 'An absent or silent device: installed, in error',
    tests: [
      [api, 'are installed on a device that says nothing, in error'],
      ['main/connectors/installing/install.test.ts', 'ahead of its device waits, and takes the device when it comes'],
    ],
  },
  {
    line: '4.6',
    promise: 'Policy is set by this machine only; tests are listed',
    tests: [
      [api, 'is read with connectors:read and set by this machine only'],
      [endpoint, 'can do nothing that is for this machine alone, whatever its scopes'],
      ['main/api/connectors-routes.test.ts', 'answers with exactly the seed fields, with and without a body'],
    ],
  },
  {
    line: '4.7',
    promise: 'A test reads for real and acts as a dry run; no body is {}',
    tests: [
      [api, 'without a body test everything, reads for real and side effects as a dry run'],
      [api, 'do not move last_synced_at by a dry run'],
    ],
  },
  {
    line: '4.7',
    promise: 'An absent or silent device is 502; both move the connector to error and are kept; a pass moves it back',
    tests: [
      [
        api,
        'of an absent device are 502 with the upstream detail, move it to error and are kept; a pass moves it back',
      ],
      [
        'main/connectors/health/connector-test.test.ts',
        'a device that is silent to all is an upstream error, recorded all the same',
      ],
      [
        'main/connectors/health/connector-test.test.ts',
        'a tool that fails although the device answers moves the connector to error until that tool passes',
      ],
    ],
  },
  { line: '4.7', promise: 'tools: [] is invalid_parameter', tests: [[api, 'refuse %j']] },
  {
    line: '4.7',
    promise: 'A push-only reader with nothing to read is ok, no_data',
    tests: [],
    open: 'no listing of this version only pushes',
  },
  {
    line: '4.8',
    promise: 'connector_in_use names capabilities and operators in the form of the published page',
    tests: [
      [operators, 'is kept, with the words of the API and the dependents in the details'],
      [operators, 'is not replaced by one that does not work; one that does not work either may go'],
      [
        'test/whole/operators.test.ts',
        'do not notice when one source replaces another: installed, compared, the old one uninstalled',
      ],
    ],
  },
  {
    line: '4.9',
    promise: '2xx replays as 200 with the first X-Request-Id',
    tests: [
      [keys, 'replays a success as 200 with the first request id and body'],
      [keys, 'works on PATCH as on POST'],
      [router, 'takes an Idempotency-Key on every POST and PATCH; a tool call hands it to its own journal'],
    ],
  },
  {
    line: '4.9',
    promise: 'A refusal from execution replays unchanged; 401, 403, 429, 5xx and failed validation bind nothing',
    tests: [
      [keys, 'a refusal from execution replays unchanged: %s'],
      [keys, 'a failed %s binds nothing'],
      [keys, 'a fault of the source binds nothing'],
      [keys, '401, 403 and 429 bind nothing'],
    ],
  },
  {
    line: '4.9',
    promise: 'Another body is idempotency_conflict',
    tests: [[keys, 'is a conflict with another body, byte for byte']],
  },
  {
    line: '4.9',
    promise: 'While the first runs the second waits, after 30 s entity_locked with Retry-After',
    tests: [
      [keys, 'a second waits 30 s and not less, then is told when to come again'],
      [wholeKeys, 'runs one of many at once, and the others get its answer'],
    ],
  },
  {
    line: '4.9',
    promise: 'Stored per principal, method, route and key, for 24 h, over restarts and kills',
    tests: [
      [keys, 'is another key for another principal, path or method'],
      [keys, 'counts as new after 24 hours, and the old record is purged'],
      [wholeKeys, 'replays answers and refusals after a restart, unchanged, and after a DELETE the old body'],
      [
        wholeKeys,
        'of an install that was killed before its answer gives the connector that was made, and makes no second',
      ],
    ],
  },
  {
    line: '4.9',
    promise: 'A body with a secret is hashed under a key of the vault, else vault_unavailable',
    tests: [
      [keys, 'hashes a body with a secret under the key of the vault, and keeps neither body nor plain hash'],
      [wholeKeys, 'with a secret in the body needs the vault; without one it does not'],
    ],
  },
  {
    line: '4.9',
    promise: 'Ignored on GET and DELETE; a replay after a DELETE answers the old body; 1 to 255 characters',
    tests: [
      [keys, 'means nothing on GET and DELETE'],
      [keys, 'still answers the old body after a DELETE'],
      [keys, 'of %i characters is refused, before the body is looked at'],
    ],
  },
  {
    line: '4.10',
    promise: 'Fibric-Version: one date; another is 400 naming it',
    tests: [[router, 'takes its one revision and names it when another is asked for']],
  },
  {
    line: '4.10',
    promise: 'Rate headers on every answer; per principal and class; /mcp is not counted',
    tests: [
      [router, 'tells them on every answer, also before it is known who asks'],
      [router, 'counts per principal and route class over any 60 s, and lets in whoever waited for Retry-After'],
      [api, 'has the rate after the scope and before everything about the request'],
      [
        'main/api/rate-limit.test.ts',
        'never lets more than the budget into any 60 s, and refuses only when they are full',
      ],
    ],
  },
  {
    line: '4.12',
    promise: 'Every scope is accepted from the first day, any other refused',
    tests: [
      [api, '%s is accepted from the first day'],
      [api, '%j is refused'],
    ],
  },
  {
    line: '4.13',
    promise: 'The envelope is the only error under /v1; /mcp speaks JSON-RPC with a challenge; no OAuth metadata',
    tests: [
      [router, 'is answered in form and never with a fault of ours'],
      [api, 'answers errors in JSON-RPC, with a challenge that names error and scope and no metadata'],
      [api, 'offers no OAuth: tokens are made on the machine'],
    ],
  },
  {
    line: '5.1',
    promise: 'One agent a data folder; a socket path over 100 bytes is refused',
    tests: [
      [endpoint, 'has one agent'],
      [endpoint, 'whose socket would have too long a path is refused, with the reason'],
    ],
  },
  {
    line: '5.2',
    promise: 'Folders 0700, socket 0600, or it refuses to start',
    tests: [
      [endpoint, 'and what is in it are of its user alone; the socket too'],
      [endpoint, 'that others can read is refused'],
    ],
  },
  {
    line: '5.3',
    promise:
      'A token: 256 bits, shown once, stored as a hash, expires, limited, revoked at once, never from an address',
    tests: [
      [tokens, 'carries 256 bits, is another each time, and lies nowhere on disk'],
      [tokens, 'ends after 90 days, together with what is open'],
      [endpoint, 'that is revoked closes its streams at once and is 401 key_revoked from then on'],
      ['main/mcp/resources.test.ts', 'is cut off when its token ends'],
      [api, 'and API alike show a limited token its connectors and tools alone'],
      [endpoint, 'is never taken from an address, a cookie or a body'],
      [come, 'is never taken from an address: %s'],
    ],
  },
  {
    line: '5.4',
    promise: 'Host and Origin on every door, before authentication; no CORS headers',
    tests: [
      [endpoint, 'guard %s before anything is told'],
      [endpoint, 'come before authentication'],
      [endpoint, 'are the whole of it: no CORS header on any answer'],
      [router, 'lets the three names of this port in, and nothing else'],
    ],
  },
  {
    line: '5.5',
    promise:
      'Sign-in: a page for this user, a ticket once and for 30 s, Origin null there only, a cookie and a second value',
    tests: [
      [endpoint, 'begins with a page for this user alone, that posts a ticket and is gone once it was used'],
      [endpoint, 'takes a ticket once, from a body and not from an address'],
      [endpoint, 'takes Origin null, and nobody else who is foreign; Host is checked'],
      [endpoint, 'answers 200 with a cookie out of reach of scripts, and a page under its own nonce: no redirect'],
      [endpoint, 'gives two values, of which neither works alone, nor with that of another session'],
      [sessions, 'a ticket is good for 30 s'],
    ],
  },
  {
    line: '5.5',
    promise: 'Idle 30 min, 12 h at most; an open stream does not count as use',
    tests: [
      [sessions, 'half an hour without use ends the session and what is open'],
      [sessions, 'no session lasts longer than twelve hours, however busy'],
      [come, 'is not kept alive by an open stream: %s'],
    ],
  },
];
