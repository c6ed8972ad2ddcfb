import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './tokens.css';
import './styles.css';
import { Home } from './home.tsx';

const place = document.getElementById('window');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Home />
    </StrictMode>,
  );
}
