import type { ServerResponse } from 'node:http';
import { describeError } from './errors.ts';
import { createRequestId, requestIdHeader } from './request-id.ts';
import { sendError } from './respond.ts';

/** Answers in the envelope of the API, for a door that stands beside its router. */
export function answerError(response: ServerResponse, error: unknown): void {
  const requestId = createRequestId();
  response.setHeader(requestIdHeader, requestId);
  response.setHeader('Cache-Control', 'no-store');
  sendError(response, describeError(error, requestId));
}
