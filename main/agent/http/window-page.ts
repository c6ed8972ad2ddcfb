import { randomBytes } from 'node:crypto';

/** What the build writes where a page's nonce belongs (`renderer/vite.config.ts`). */
const NONCE_PLACE = '__NONCE__';

/** Addresses that the window makes its screens from; all of them are the one page. */
const places =
  /^\/(?:(?:devices|catalogue|connectors|approvals|activity|cloud|settings|support|kiosk)(?:\/[^/]+){0,2}\/?)?$/;

/** Whether the window has a screen at this path: an address alone brings it back, whatever the id in it. */
export function isPlace(path: string): boolean {
  return places.test(path);
}

/** A page for one answer: scripts and styles of the window's own files, and styles that carry this answer's nonce. */
export interface WindowPage {
  readonly html: string;
  readonly policy: string;
}

/**
 * Gives `html` a nonce of its own. The window loads nothing from elsewhere, runs nothing inline and is framed by nobody; its
 * dialogs put one style element in while they are open, to hold the page behind them still, and that carries the nonce.
 */
export function pageForOneAnswer(html: string): WindowPage {
  const nonce = randomBytes(16).toString('base64');
  return { html: html.replaceAll(NONCE_PLACE, nonce), policy: policyWith(`'nonce-${nonce}'`) };
}

function policyWith(styleSource: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${styleSource}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
