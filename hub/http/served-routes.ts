import type { Route } from '../../main/api/index.ts';

/** What is about one machine, or decided at it: no hub has it. */
const ofMachines = [
  '/approvals',
  '/settings',
  '/tokens',
  '/journal',
  '/kiosk',
  '/window',
  '/logs',
  '/doctor',
  '/health',
  '/pause',
  '/cloud',
  '/outbox',
  '/install-rules',
  '/devices/{id}/confirm',
  '/connectors/{id}/policy',
];

/** Whether a hub serves this route of the API. */
export function isServedByHub({ path, reach }: Pick<Route, 'path' | 'reach'>): boolean {
  return reach === 'anyone' && !ofMachines.some((place) => path === place || path.startsWith(`${place}/`));
}
