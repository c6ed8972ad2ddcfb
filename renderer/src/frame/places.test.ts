import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectorTabs, type Place, pathOf, placeOf, settingsSections } from './places.ts';

const id = fc.stringMatching(/^[^.]{1,12}$/u).filter((text) => text.isWellFormed());
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.constantFrom<Place>({ at: 'home' }, { at: 'cloud' }, { at: 'support' }),
  fc.record({ at: fc.constant('device' as const), deviceId: id, installing: fc.boolean() }),
  fc.record({ at: fc.constant('catalogue' as const), installing: fc.option(id) }),
  fc.record({ at: fc.constant('connector' as const), connectorId: id, tab: fc.constantFrom(...connectorTabs) }),
  fc.record({ at: fc.constant('approvals' as const), approvalId: fc.option(id) }),
  fc.record({ at: fc.constant('activity' as const), rowId: fc.option(id) }),
  fc.record({ at: fc.constant('settings' as const), section: fc.constantFrom(...settingsSections) }),
);

describe('places', () => {
  it('come back from their address alone', () => {
    fc.assert(
      fc.property(place, (where) => {
        expect(placeOf(pathOf(where))).toEqual(where);
      }),
    );
  });

  it('are never more than the address says: any text leads somewhere or nowhere', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(placeOf(path)).toHaveProperty('at');
      }),
    );
  });

  it.each(['/connectors', '/connectors/cn_1/ports', '/devices/dev_1/remove', '/settings/nothing', '/%', '/a/b/c/d'])(
    '%s leads nowhere',
    (path) => expect(placeOf(path)).toEqual({ at: 'nowhere', path }),
  );

  it('has one address for a place', () => {
    expect(placeOf('/settings')).toEqual({ at: 'settings', section: 'general' });
    expect(placeOf('/connectors/cn_1/live').at).toBe('nowhere');
  });
});
