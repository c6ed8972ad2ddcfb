import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'swagger-ui-dist/swagger-ui.css';
import '../tokens.css';
import '../styles.css';
import './api-page.css';
import { ApiPage } from './api-page.tsx';

const place = document.getElementById('api-page');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <ApiPage />
    </StrictMode>,
  );
}
