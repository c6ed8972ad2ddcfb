import express, { type Router } from 'express';
import { createPageFiles, findPageFolder } from '../../pages/index.ts';
import { isPlace } from './window-places.ts';

/** Serves the window's files, the page of the API among them. */
export function createWindowFiles(): Router {
  const folder = findPageFolder('renderer');
  if (folder === null) return express.Router();
  return createPageFiles(folder, (path) => {
    if (path === '/docs/api' || path === '/docs/api.html') return 'docs/api.html';
    return isPlace(path) ? 'index.html' : null;
  });
}
