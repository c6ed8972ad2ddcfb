import type { Catalogues } from './catalogue.ts';
import { en } from './en/en.ts';

/** The words of the window. */
export const windowCatalogues: Catalogues = {
  en,
  load: {
    de: async () => (await import('./de/de.ts')).de,
    es: async () => (await import('./es/es.ts')).es,
    zh: async () => (await import('./zh/zh.ts')).zh,
  },
};
