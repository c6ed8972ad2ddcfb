import { describe, expect, it } from 'vitest';
import { factsOf, glanceOf, shapeOf } from './facts.ts';

const at = '2026-01-01T00:00:00Z';

describe('what a reading says', () => {
  it('is a quantity with the digits of the device', () => {
    expect(factsOf({ tool: 'weight.read', value: { value: '12.480', unit: 'kg', stable: true, at } })).toEqual([
      { kind: 'quantity', key: 'weight', value: '12.480', unit: 'kg', stable: true },
    ]);
  });

  it('is each of several quantities by its name, and of a device that does not say whether it is stable nothing about that', () => {
    const value = {
      values: { temperature: { value: '21.5', unit: 'Cel' }, humidity: { value: '48.0', unit: '%' } },
      at,
    };
    expect(
      factsOf({ tool: 'sensor.read', value }).map((fact) => [fact.key, fact.kind === 'quantity' && fact.stable]),
    ).toEqual([
      ['temperature', null],
      ['humidity', null],
    ]);
  });

  it('is a scanned code with its separators to be seen, and nothing else at a glance', () => {
    const value = { text: '10A\u001d21B', symbology: null, aim: null, gs1: null, repeat: false, length_bytes: 7, at };
    const facts = factsOf({ tool: 'scan.read', value });
    expect(facts).toEqual([{ kind: 'text', key: 'code', value: '10A␝21B' }]);
    expect(glanceOf(facts)).toEqual(facts);
  });

  it('is a place, and whether there is one', () => {
    const value = { fix: '3d', quality: 'gps', latitude: '48.1173', longitude: '11.5167', hdop: '0.9', at };
    const facts = factsOf({ tool: 'position.read', value });
    expect(glanceOf(facts)).toEqual([{ kind: 'text', key: 'position', value: '48.1173, 11.5167' }]);
    const lost = factsOf({ tool: 'position.read', value: { ...value, fix: 'none', latitude: null, longitude: null } });
    expect(glanceOf(lost)).toEqual([{ kind: 'word', key: 'fix', value: 'none' }]);
  });

  it('counts switches for a glance', () => {
    const relays = [1, 2, 3, 4].map((relay) => ({ relay, on: relay % 2 === 0 }));
    const facts = factsOf({ tool: 'relay.read', value: { relays, at } });
    expect(facts).toHaveLength(4);
    expect(glanceOf(facts)).toEqual([{ kind: 'switches', key: 'relays', on: 2, total: 4 }]);
  });

  it('of a printer is what is wrong, and that it is ready when nothing is', () => {
    const printer = {
      ready: true,
      online: true,
      problems: [],
      cover: 'closed',
      paper: 'ok',
      drawer: 'unknown',
      drawer_pin: 'low',
      at,
    };
    const glance = (value: typeof printer) => glanceOf(factsOf({ tool: 'printer.read', value }));
    expect(glance(printer)).toEqual([{ kind: 'word', key: 'ready', value: 'yes' }]);
    expect(glance({ ...printer, ready: false, paper: 'out' })).toEqual([
      { kind: 'word', key: 'ready', value: 'no' },
      { kind: 'word', key: 'paper', value: 'out' },
    ]);
  });

  it('has the same shape while only its texts change', () => {
    const facts = (value: string, unit: string) =>
      factsOf({ tool: 'weight.read', value: { value, unit, stable: false } });
    expect(shapeOf(facts('1.0', 'kg'))).toBe(shapeOf(facts('2.0', 'kg')));
    expect(shapeOf(facts('1.0', 'kg'))).not.toBe(shapeOf(facts('1.0', '[lb_av]')));
  });
});
