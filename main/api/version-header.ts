import type { IncomingMessage } from 'node:http';
import { AgentError } from '../../drivers/kit/index.ts';

/** The header that names the API's revision, in requests and on every response. */
export const versionHeader = 'Fibric-Version';

/** The only revision there is. */
export const apiRevision = '2026-06-01';

/** Throws `invalid_parameter` when a request asks for another revision. */
export function checkVersion(request: IncomingMessage): void {
  const asked = request.headers['fibric-version'];
  if (asked === undefined || asked === apiRevision) return;
  throw new AgentError(
    'invalid_parameter',
    `Fibric-Version must be ${apiRevision}, the only revision; ${JSON.stringify(String(asked).slice(0, 40))} was asked for.`,
    {
      hint: `Leave the header out or send Fibric-Version: ${apiRevision}.`,
      details: { parameter: versionHeader, valid: [apiRevision] },
    },
  );
}
