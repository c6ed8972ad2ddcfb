import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  // The agent writes a nonce of its own into each answer (main/pages/page-for-one-answer.ts).
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: '../dist/renderer',
    rolldownOptions: {
      input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'docs', 'api.html')],
      // Schemas have no effect but themselves: those that no page uses stay away.
      treeshake: { moduleSideEffects: (id) => !/main\/api\/(?:schemas\/|principal)/.test(id.replaceAll('\\', '/')) },
    },
    // Swagger UI is one file of its own, loaded by the API page alone.
    chunkSizeWarningLimit: 2_000,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
