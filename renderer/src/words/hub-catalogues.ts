import type { Catalogues } from './catalogue.ts';
import { hubEn } from './en/hub-page.ts';

/** The words of a hub's page. */
export const hubCatalogues: Catalogues = {
  en: hubEn,
  load: {
    de: async () => (await import('./de/hub-page.ts')).hubDe,
    es: async () => (await import('./es/hub-page.ts')).hubEs,
    zh: async () => (await import('./zh/hub-page.ts')).hubZh,
  },
};
