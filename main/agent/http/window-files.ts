import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';

/** The window loads nothing from elsewhere, runs nothing inline and is framed by nobody. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Where the built window is: beside the compiled agent, and in `dist` when the agent runs from its sources. */
function windowFolder(): string | null {
  const places = ['../../../renderer', '../../../dist/renderer'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(`${place}/assets`)) ?? null;
}

/** Serves the window's files. They hold no data, so they need no sign-in; everything they show does. */
export function createWindowFiles(): Router {
  const router = express.Router();
  const folder = windowFolder();
  if (folder === null) return router;
  router.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    });
    next();
  });
  // Names of assets carry a hash of their content; the page itself must be asked for anew.
  router.use('/assets', express.static(`${folder}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  router.use(
    express.static(folder, {
      cacheControl: false,
      extensions: ['html'],
      setHeaders: (response) => response.set('Cache-Control', 'no-cache'),
    }),
  );
  return router;
}
