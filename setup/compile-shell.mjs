/**
 * Compiles what of the shell is not a module of its own: the preload and the pages, each one file, and draws the icons.
 * The main process itself is compiled with the agent (setup/compile-agent.mjs).
 */
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { drawIcons } from './draw-icons.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const from = join(root, 'main', 'shell', 'desktop');
const to = join(root, 'dist', 'main', 'shell');

async function compile(input, file, format) {
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: format === 'cjs' ? 'node' : 'browser',
    external: /^electron/,
  });
  await bundle.write({ file, format, comments: false, sourcemap: false });
  await bundle.close();
}

// A sandboxed preload is one CommonJS file that can require nothing but Electron's own modules.
await compile(join(from, 'preload.ts'), join(to, 'desktop', 'preload.cjs'), 'cjs');
for (const page of ['help', 'pin']) {
  await compile(join(from, 'pages', `${page}.ts`), join(to, 'pages', `${page}.js`), 'iife');
  cpSync(join(from, 'pages', `${page}.html`), join(to, 'pages', `${page}.html`));
}
cpSync(join(from, 'pages', 'page.css'), join(to, 'pages', 'page.css'));
drawIcons(join(to, 'icons'), join(root, 'dist', 'icons'));
