import { expect, it } from 'vitest';
import { activityFilters, filterNamed, journalPath } from './filters.ts';

it('reads any address, and shows everything for what it does not know', () => {
  for (const filter of activityFilters) expect(filterNamed(filter)).toBe(filter);
  expect(filterNamed('nonsense')).toBe('all');
  expect(filterNamed(null)).toBe('all');
  // As the tray and Home ask for it.
  expect(filterNamed('unknown')).toBe('to_answer');
});

it('asks the journal for what is shown', () => {
  expect(journalPath('all', null, null)).toBe('/v1/journal?limit=50');
  expect(journalPath('to_answer', 'cn_1', 'a/b')).toBe(
    '/v1/journal?limit=50&state=unknown&connector_id=cn_1&cursor=a%2Fb',
  );
});
