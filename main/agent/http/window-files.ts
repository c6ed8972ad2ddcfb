import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import express, { type Response, type Router } from 'express';
import { isPlace, pageForOneAnswer } from './window-page.ts';

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
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
    });
    next();
  });
  const sendPage = async (response: Response, file: string) => {
    const { html, policy } = pageForOneAnswer(await readFile(`${folder}/${file}`, 'utf8'));
    response.set({ 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' }).type('html').send(html);
  };
  // Names of assets carry a hash of their content; the page itself must be asked for anew.
  router.use('/assets', express.static(`${folder}/assets`, { immutable: true, maxAge: '1y', fallthrough: false }));
  router.get('/index.html', (_request, response) => response.redirect('/'));
  router.get(['/docs/api', '/docs/api.html'], (_request, response) => sendPage(response, 'docs/api.html'));
  router.get(/.*/, (request, response, next) => (isPlace(request.path) ? sendPage(response, 'index.html') : next()));
  router.use(express.static(folder, { cacheControl: false, index: false, setHeaders: noCache }));
  return router;
}

function noCache(response: { setHeader(name: string, value: string): unknown }): void {
  response.setHeader('Cache-Control', 'no-cache');
}
