import { describe, expect, it } from 'vitest';
import { createUrgentLane } from './urgent-lane.ts';

function bench() {
  const lane = createUrgentLane();
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const exchange = (name: string) => () => {
    began.push(name);
    const { promise, resolve } = Promise.withResolvers<string>();
    ends.set(name, () => resolve(name));
    return promise;
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { lane, began, exchange, end };
}

describe('the urgent lane', () => {
  it('begins in this very turn of the loop when nothing is on its way', () => {
    const { lane, began, exchange } = bench();
    void lane.run(exchange('off'));
    expect(began).toEqual(['off']);
  });

  it('waits for the exchange on its way and goes before the next, several in their order', async () => {
    const { lane, began, exchange, end } = bench();
    void lane.giveWay(exchange('read'));
    void lane.run(exchange('off 1'));
    void lane.run(exchange('off 2'));
    expect(began).toEqual(['read']);
    await end('read');
    void lane.giveWay(exchange('next'));
    expect(began).toEqual(['read', 'off 1']);
    await end('off 1');
    expect(began).toEqual(['read', 'off 1', 'off 2']);
    await end('off 2');
    expect(began).toEqual(['read', 'off 1', 'off 2', 'next']);
  });

  it('goes on after one that failed', async () => {
    const { lane, began, exchange } = bench();
    await expect(lane.run(() => Promise.reject(new Error('no reply')))).rejects.toThrow('no reply');
    await expect(lane.giveWay(() => Promise.reject(new Error('bad reply')))).rejects.toThrow('bad reply');
    void lane.run(exchange('off'));
    expect(began).toEqual(['off']);
  });
});
