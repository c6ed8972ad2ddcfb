import { describe, expect, it } from 'vitest';
import { concatBytes, decodeLatin1, encodeLatin1, noDevice } from '../kit/index.ts';
import { createMemoryLink } from '../kit/simulator/memory-link.ts';
import { hear } from '../kit/testing/stream-laws.ts';
import { gnssNmea } from './index.ts';
import { gnssNmeaSimulator } from './simulator.ts';

const context = { ...noDevice, options: { expected_interval_ms: 1_000 } };
const burst = (device: ReturnType<typeof gnssNmeaSimulator.create>) => {
  const sent: Uint8Array[] = [];
  device.beat?.tick((bytes) => sent.push(bytes));
  return concatBytes(...sent);
};

describe('a receiver', () => {
  it('is recognised by listening: not a byte is sent to it', async () => {
    const receiver = gnssNmeaSimulator.create({});
    const bytes = burst(receiver);
    const link = createMemoryLink(
      gnssNmea,
      { receive: (_asked, send) => send(bytes), state: () => ({}) },
      { chunkBytes: 5 },
    );
    expect(await gnssNmea.identify(link, context)).toMatchObject({ details: { talker: 'GN', sentence: 'RMC' } });
    await gnssNmea.healthCheck(link, context);
    expect(link.sent.every((frame) => frame.length === 0)).toBe(true);
    expect(gnssNmea.isHarmless(encodeLatin1('$'))).toBe(false);
  });

  it('is not what sends other sentences, or nothing', async () => {
    const other = createMemoryLink(gnssNmea, {
      receive: (_asked, send) => send(encodeLatin1('$HCHDG,101.1,,,7.1,W*3C\r\n')),
      state: () => ({}),
    });
    await expect(gnssNmea.identify(other, context)).rejects.toMatchObject({ code: 'bad_reply' });
    const silent = createMemoryLink(gnssNmea, { receive: () => {}, state: () => ({}) });
    await expect(gnssNmea.identify(silent, context)).rejects.toMatchObject({ code: 'no_reply' });
  });
});

describe('the simulator', () => {
  const stream = gnssNmea.stream?.(context);
  if (stream == null) throw new Error('no stream');

  it('tells where it was put, and that it lost the sky', () => {
    const receiver = gnssNmeaSimulator.create({});
    expect(hear(stream, [burst(receiver)])).toMatchObject([{ fix: '3d', latitude: '48.1173000', satellites: 8 }]);
    receiver.change?.({ latitude: '3345.5000,S', longitude: '15112.0000,E', knots: '10.0', course: '90.0' });
    expect(hear(stream, [burst(receiver)])).toMatchObject([
      { latitude: '-33.7583333', longitude: '151.2000000', speed_kmh: '18.5200' },
    ]);
    receiver.change?.({ fix: false });
    expect(hear(stream, [burst(receiver)])).toMatchObject([{ fix: 'none', latitude: null, hdop: null }]);
    receiver.change?.({ sending: false });
    expect(decodeLatin1(burst(receiver))).toBe('');
    expect(() => receiver.change?.({ latitude: '48' })).toThrow();
  });
});
