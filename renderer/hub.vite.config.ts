import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The hub's own page: a build by itself, so that it carries nothing of the window, and the window nothing of it. */
export default defineConfig({
  root: join(import.meta.dirname, 'hub'),
  base: '/',
  publicDir: join(import.meta.dirname, 'public'),
  plugins: [react()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'hub-page'),
    rolldownOptions: {
      // Schemas have no effect but themselves: those that the page does not use stay away.
      treeshake: { moduleSideEffects: (id) => !/main\/api\/(?:schemas\/|principal)/.test(id.replaceAll('\\', '/')) },
    },
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
