import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import { pageForOneAnswer } from './page-for-one-answer.ts';

/** Where a built page is: beside the compiled program, and in `dist` when it runs from its sources; null where it was not built. */
export function findPageFolder(name: string): string | null {
  const places = [`../../${name}`, `../../dist/${name}`].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return places.find((place) => existsSync(`${place}/assets`)) ?? null;
}

/**
 * Serves the files of a built page. They hold no data, so they need no sign-in; everything they show does. `pageAt`: the
 * page that stands at a path, as a file of the folder; null where there is none.
 */
export function createPageFiles(folder: string, pageAt: (path: string) => string | null): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set({
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    });
    next();
  });
  // Names of assets carry a hash of their content; the page itself must be asked for anew.
  router.use('/assets', express.static(`${folder}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  router.get('/index.html', (_request, response) => response.redirect('/'));
  router.get(/.*/, async (request, response, next) => {
    const file = pageAt(request.path);
    if (file === null) return next();
    const { html, policy } = pageForOneAnswer(await readFile(`${folder}/${file}`, 'utf8'));
    response.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' }).type('html').send(html);
  });
  router.use(express.static(folder, { cacheControl: false, index: false, setHeaders: noCache }));
  return router;
}

function noCache(response: { setHeader(name: string, value: string): unknown }): void {
  response.setHeader('Cache-Control', 'no-cache');
}
