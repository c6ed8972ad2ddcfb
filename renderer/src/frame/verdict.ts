import type { Approval, Connector } from '../live/wire.ts';
import type { Words } from '../words/language.ts';

/** How a connector counts: one that needs a person, works, listens, or was not tried yet. */
export type Standing = 'needs' | 'working' | 'listening' | 'untried';

/** Where a connector stands. */
export function standingOf({ health, status, device }: Pick<Connector, 'health' | 'status' | 'device'>): Standing {
  if (health.state === 'error' || status === 'pending_auth') return 'needs';
  if (device?.identity.needs_confirmation === true) return 'needs';
  if (health.state === 'ok') return 'working';
  return health.state === 'listening' ? 'listening' : 'untried';
}

/** How many stand where. */
export function countStandings(connectors: Iterable<Connector>): Readonly<Record<Standing, number>> {
  const counts = { needs: 0, working: 0, listening: 0, untried: 0 };
  for (const connector of connectors) counts[standingOf(connector)] += 1;
  return counts;
}

/** One line that says how things stand, the most serious first. */
export function verdict(
  { t }: Pick<Words, 't'>,
  connectors: Iterable<Connector>,
  approvals: Iterable<Approval>,
): string {
  const { needs, working, listening, untried } = countStandings(connectors);
  const waiting = [...approvals].filter(({ state }) => state === 'waiting').length;
  const parts = [
    waiting > 0 ? t('frame.waitForYou', { count: waiting }) : null,
    needs > 0 ? t('frame.needYou', { count: needs }) : null,
    working > 0 ? t('frame.working', { count: working }) : null,
    listening > 0 ? t('frame.listening', { count: listening }) : null,
    untried > 0 ? t('frame.untried', { count: untried }) : null,
  ];
  return parts.filter((part) => part !== null).join(' · ') || t('frame.noConnectors');
}
