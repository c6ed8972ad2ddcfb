import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../frame/tokens.css';
import '../frame/base.css';
import '../frame/frame.css';
import '../parts/parts.css';
import './hub-page.css';
import { startDisplay } from '../frame/display.ts';
import { hubCatalogues } from '../words/hub-catalogues.ts';
import { startLanguage } from '../words/language.ts';
import { HubPage } from './hub-page.tsx';
import { resumeSession } from './session.ts';

// A dialog holds the page behind it still with a style element, which the page's policy lets in by this alone.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
if (nonce !== undefined) setNonce(nonce);

startDisplay();
resumeSession();
await startLanguage(hubCatalogues);

const place = document.getElementById('hub-page');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <HubPage />
    </StrictMode>,
  );
}
