import { createHmac, timingSafeEqual } from 'node:crypto';

const CHECK_LENGTH = 22;

/**
 * A session of MCP is bound to the key that opened it; all keys of a tenant are one principal at the machine. The id is 128
 * random bits of the machine's, so that a check over both tells whose it is without any memory here.
 */
export function sealSession(secret: Buffer, sessionId: string, principalId: string): string {
  return `${sessionId}.${checkOf(secret, sessionId, principalId)}`;
}

/** The machine's id of a session, or null when another key opened it. */
export function unsealSession(secret: Buffer, sealed: string, principalId: string): string | null {
  const dot = sealed.lastIndexOf('.');
  const sessionId = sealed.slice(0, dot);
  const [given, wanted] = [sealed.slice(dot + 1), checkOf(secret, sessionId, principalId)].map((text) =>
    Buffer.from(text),
  );
  if (dot < 1 || given === undefined || wanted === undefined || given.length !== wanted.length) return null;
  return timingSafeEqual(given, wanted) ? sessionId : null;
}

function checkOf(secret: Buffer, sessionId: string, principalId: string): string {
  return createHmac('sha256', secret).update(`${principalId}\n${sessionId}`).digest('base64url').slice(0, CHECK_LENGTH);
}
