import type { Translated } from '../catalogue.ts';
import type * as source from '../en/approvals.ts';

export const approvals: Translated<typeof source.approvals> = {
  waiting: 'Wartet auf einen Menschen',
  ended: 'Kürzlich entschieden',
  none: 'Keine Freigaben',
  noneBody: 'Will ein Programm etwas tun, bei dem Sie gefragt werden möchten, wartet es hier zwei Minuten lang.',
};
