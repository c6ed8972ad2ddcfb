import type { Translated } from '../catalogue.ts';
import type * as source from '../en/activity.ts';

export const activity: Translated<typeof source.activity> = {
  none: 'Auf diesem Computer wurde noch nichts getan',
  noneBody: 'Eine Waage zu lesen steht hier nicht, ein Relais zu schalten schon.',
};
