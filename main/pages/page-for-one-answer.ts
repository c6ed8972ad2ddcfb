import { randomBytes } from 'node:crypto';

/** What the build writes where a page's nonce belongs (`renderer/vite.config.ts`). */
const NONCE_PLACE = '__NONCE__';

/** A page for one answer: scripts and styles of its own files, and styles that carry this answer's nonce. */
export interface PageForOneAnswer {
  readonly html: string;
  readonly policy: string;
}

/**
 * Gives `html` a nonce of its own. Our pages load nothing from elsewhere, run nothing inline and are framed by nobody; their
 * dialogs put one style element in while they are open, to hold the page behind them still, and that carries the nonce.
 */
export function pageForOneAnswer(html: string): PageForOneAnswer {
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
