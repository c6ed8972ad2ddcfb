export { type ApprovalPin, createApprovalPin } from './approval-pin.ts';
export { type BrowserSessions, createBrowserSessions, type SignInTicket } from './browser-sessions.ts';
export type { Clock } from './clock.ts';
export { createKioskPin, type KioskPin } from './kiosk-pin.ts';
export { localAdmin, localReader } from './local-admin.ts';
export { type SentSession, sentSession } from './session-headers.ts';
export {
  removeLeftSignInPages,
  type SignInAnswer,
  type SignInPage,
  signInAnswerPage,
  writeSignInPage,
} from './sign-in-page.ts';
export type { TokenRequest } from './token-request.ts';
export { createTokens, type NewToken, type TokenDescription, type Tokens } from './tokens.ts';
export { createWindowSessions, type WindowSessions } from './window-sessions.ts';
