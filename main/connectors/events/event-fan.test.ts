import { expect, test } from 'vitest';
import { silentLog } from '../log.ts';
import { createEventFan } from './event-fan.ts';
import type { ServiceEvent } from './service-event.ts';

const reading = (at: string): ServiceEvent => ({
  type: 'reading',
  reading: { connector_id: 'cn_1', device_id: 'dev_1', tool: 'weight.read', value: {}, at, expected_interval_ms: null },
});

test('every subscriber sees every event in order, also beside one that throws', () => {
  const fan = createEventFan(silentLog);
  const seen: ServiceEvent[] = [];
  fan.subscribe(() => {
    throw new Error('broken');
  });
  const stop = fan.subscribe((event) => seen.push(event));
  fan.emit({ type: 'pause', paused: true });
  fan.emit({ type: 'pause', paused: false });
  expect(seen).toEqual([]);
  fan.close();
  expect(seen).toEqual([
    { type: 'pause', paused: true },
    { type: 'pause', paused: false },
  ]);
  stop();
});

test('a flood drops the oldest readings, keeps everything else, and says how many it lost', () => {
  const fan = createEventFan(silentLog);
  const seen: ServiceEvent[] = [];
  fan.subscribe((event) => seen.push(event));
  fan.emit({ type: 'pause', paused: true });
  for (let number = 0; number < 1_500; number += 1) fan.emit(reading(String(number)));
  fan.close();
  expect(seen[0]).toEqual({ type: 'gap', lost: 501 });
  expect(seen[1]).toEqual({ type: 'pause', paused: true });
  expect(seen).toHaveLength(1_001);
  expect(seen.at(-1)).toEqual(reading('1499'));
});
