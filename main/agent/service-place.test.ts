import { expect, it } from 'vitest';
import { servicePlace } from './service-place.ts';

it('is where systemd says', () => {
  const variables = { STATE_DIRECTORY: '/srv/edge', RUNTIME_DIRECTORY: '/run/edge:/run/other' };
  expect(servicePlace(variables)).toEqual({ dataDir: '/srv/edge', runDir: '/run/edge' });
});

it('is the usual place where systemd says nothing', () => {
  expect(servicePlace({ STATE_DIRECTORY: '' })).toEqual({
    dataDir: '/var/lib/fibric-edge',
    runDir: '/run/fibric-edge',
  });
});
