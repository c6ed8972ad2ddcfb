import type { ServerResponse } from 'node:http';
import type { ErrorAnswer } from './errors.ts';

/** Writes a JSON answer whole. A response that has begun is only ended, since nothing else can be said any more. */
export function sendJson(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

/** Writes an error answer whole, with the headers that belong to its status. */
export function sendError(response: ServerResponse, answer: ErrorAnswer): void {
  if (!response.headersSent) {
    if (answer.retryAfterSeconds !== null) response.setHeader('Retry-After', answer.retryAfterSeconds);
    if (answer.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  }
  sendJson(response, answer.status, JSON.stringify(answer.envelope));
}
