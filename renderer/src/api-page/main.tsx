import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'swagger-ui-dist/swagger-ui.css';
import '../frame/tokens.css';
import '../frame/base.css';
import './api-page.css';
import { startDisplay } from '../frame/display.ts';
import { ApiPage } from './api-page.tsx';

startDisplay();

const place = document.getElementById('api-page');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <ApiPage />
    </StrictMode>,
  );
}
