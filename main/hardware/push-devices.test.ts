import { afterEach, describe, expect, it } from 'vitest';
import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';
import { type Bench, openBench, ticket } from './testing/bench.ts';

let bench: Bench;
afterEach(() => bench.close());

const scanner = (name = 'scanner', options: JsonObject = {}) => ({ name, listing: 'cn-scanner-serial', options });

/** Texts of items and reasons of gaps, as far as they came. */
const told = (connectorId: string) =>
  bench.events.flatMap((event) =>
    event.type === 'stream' && event.connectorId === connectorId
      ? [event.entry.kind === 'item' ? event.entry.item['text'] : event.entry.reason]
      : [],
  );
const until = (connectorId: string, ...expected: readonly string[]) =>
  expect.poll(() => told(connectorId), { timeout: 20_000, interval: 5 }).toEqual(expected);

describe('a scanner on a port', () => {
  it('tells each code, over an unplug in the middle of one', async () => {
    bench = await openBench([scanner()]);
    const id = await bench.bind('scanner', 'cn-scanner-serial');
    expect(await bench.until(id, 'ready')).toMatchObject({ identification: null });
    bench.device('scanner').change({ scan: ']E04006381333931' });
    await until(id, 'not_listening', '4006381333931');
    bench.device('scanner').change({ scan: '12345678', half: true });
    // Behind the half code on the wire, so that it is there when the cable is pulled.
    await expect.poll(() => bench.device('scanner').describe()['plugged']).toBe(true);
    await bench.device('scanner').unplug();
    await bench.until(id, 'unavailable');
    await bench.device('scanner').plug();
    await bench.until(id, 'ready');
    bench.device('scanner').change({ scan: 'B', chunk_bytes: 1 });
    await expect.poll(() => told(id).at(-1), { timeout: 20_000 }).toBe('B');
    expect(told(id).filter((one) => one !== 'cut_off')).toEqual([
      'not_listening',
      '4006381333931',
      'not_listening',
      'B',
    ]);
    expect(bench.device('scanner').describe()['received_count']).toBe(0);
  });

  it('loses nothing of a burst, and keeps its order', async () => {
    bench = await openBench([scanner()]);
    const id = await bench.bind('scanner', 'cn-scanner-serial');
    await bench.until(id, 'ready');
    const codes = Array.from({ length: 500 }, (_, index) => `CODE-${index}`);
    for (const scan of codes) bench.device('scanner').change({ scan });
    await until(id, 'not_listening', ...codes);
  });

  it('can be asked while people scan: answers are no codes, and codes are no answers', async () => {
    bench = await openBench([scanner()]);
    const id = await bench.bind('scanner', 'cn-scanner-serial', { make: 'honeywell' });
    expect(await bench.until(id, 'ready')).toMatchObject({ identification: { protocolSerial: '15232B1F0C' } });
    const codes = Array.from({ length: 40 }, (_, index) => `CODE-${index}`);
    const asked = Array.from({ length: 5 }, () =>
      bench.side.healthCheck({ connectorId: id, insist: true, ...ticket(20_000) }),
    );
    for (const scan of codes) {
      bench.device('scanner').change({ scan });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await Promise.all(asked)).toEqual(asked.map(() => ({ answered: true })));
    await until(id, 'not_listening', ...codes);
  });

  it('is not read by asking it', async () => {
    bench = await openBench([scanner()]);
    const id = await bench.bind('scanner', 'cn-scanner-serial');
    await bench.until(id, 'ready');
    const error = await bench.side
      .read({ connectorId: id, tool: 'scan.read', arguments: {}, ...ticket() })
      .catch((reason: unknown) => AgentError.from(reason).code);
    expect(error).toBe('unknown_tool');
    const [tool] = await bench.side.describeTools({ listing: 'cn-scanner-serial', config: {}, unit: null, link: null });
    expect(tool).toMatchObject({
      capability: 'scan.read',
      side_effect: false,
      stream: { delivery: 'each', personal: true, stale_after_ms: null },
    });
  });
});
