import { randomBytes } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserSession, SignInTicket } from './browser-sessions.ts';

/** Where the page keeps the second value (`sessionStorage`), as a JSON string. */
const STORAGE_KEY = 'fibric-edge.window';
const pageName = /^sign-in-[0-9a-f]{32}\.html$/;

/** A page in the runtime folder that signs a browser in. */
export interface SignInPage {
  /** Open this in the browser; it is readable by whoever may use the local socket. */
  readonly path: string;
  /** Resolves when the file is gone: the ticket was used or has expired. */
  readonly gone: Promise<void>;
}

/**
 * Writes a page that posts the ticket to `origin` by itself, so that the ticket appears in no address and no command
 * line. The file goes when the ticket is spent. Pages that a killed agent left are removed too.
 */
export async function writeSignInPage(options: {
  readonly runDir: string;
  /** The local socket is open to the agent's group, and so is the page. */
  readonly forGroup?: boolean;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly ticket: SignInTicket;
}): Promise<SignInPage> {
  const { runDir, forGroup = false, origin, ticket } = options;
  const path = join(runDir, `sign-in-${randomBytes(16).toString('hex')}.html`);
  const file = await open(path, 'wx', 0o600);
  try {
    if (forGroup) await file.chmod(0o640);
    await file.writeFile(postingPage(origin, ticket.secret));
  } finally {
    await file.close();
  }
  return { path, gone: removeWhenSpent(path, ticket.spent) };
}

/** Removes the pages of an agent that did not end by itself; to be called before the first ticket is issued. */
export async function removeLeftSignInPages(runDir: string): Promise<void> {
  const names = await readdir(runDir);
  await Promise.all(names.filter((name) => pageName.test(name)).map((name) => rm(join(runDir, name), { force: true })));
}

/** The answer to the posted ticket. */
export interface SignInAnswer {
  /** `Set-Cookie`, the content security policy and what keeps the page out of caches. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

/**
 * The page that answers `POST /sign-in` with 200: it keeps the second value for this tab and replaces itself by `/`. Not
 * a redirect: the browser would not send a `SameSite=Strict` cookie on one that began elsewhere.
 */
export function signInAnswerPage({ cookie, headerSecret }: BrowserSession): SignInAnswer {
  const nonce = randomBytes(16).toString('base64');
  const script = `sessionStorage.setItem(${inScript(STORAGE_KEY)}, ${inScript(JSON.stringify(headerSecret))});location.replace('/');`;
  return {
    headers: {
      'Set-Cookie': cookie,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; script-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
    html: page(`<script nonce="${nonce}">${script}</script><noscript>Fibric Edge needs JavaScript.</noscript>`),
  };
}

function postingPage(origin: string, ticket: string): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; form-action ${origin}; base-uri 'none'`;
  return page(
    `<form method="post" action="${inHtml(`${origin}/sign-in`)}">` +
      `<input type="hidden" name="ticket" value="${inHtml(ticket)}"><noscript><button>Sign in</button></noscript></form>` +
      `<script nonce="${nonce}">document.forms[0].submit();</script>`,
    `<meta http-equiv="Content-Security-Policy" content="${inHtml(policy)}"><meta name="referrer" content="no-referrer">`,
  );
}

function page(body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>Fibric Edge</title></head><body>${body}</body></html>\n`;
}

async function removeWhenSpent(path: string, spent: AbortSignal): Promise<void> {
  if (!spent.aborted) {
    await new Promise<void>((resolve) => spent.addEventListener('abort', () => resolve(), { once: true }));
  }
  // In a folder of our own; a page that stays holds a ticket that is spent.
  await rm(path, { force: true }).catch(() => {});
}

function inHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function inScript(text: string): string {
  return JSON.stringify(text).replaceAll('<', '\\u003c');
}
