import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './frame/tokens.css';
import './frame/base.css';
import './frame/frame.css';
import './parts/parts.css';
import { App } from './frame/app.tsx';
import { startDisplay } from './frame/display.ts';
import { startLanguage } from './words/language.ts';
import { windowCatalogues } from './words/window-catalogues.ts';

// A dialog holds the page behind it still with a style element, which the page's policy lets in by this alone.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce !== undefined) setNonce(nonce);

startDisplay();
await startLanguage(windowCatalogues);

const place = document.getElementById('window');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
