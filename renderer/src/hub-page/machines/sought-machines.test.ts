import { describe, expect, it } from 'vitest';
import type { Machine } from '../wire.ts';
import { soughtMachines } from './sought-machines.ts';

const machine = (name: string, state: Machine['state']): Machine => ({
  id: `agt_${name}`,
  object: 'agent',
  name,
  mode: 'test',
  state,
  linked_since: null,
  version: '1.2.3',
  public_key: '',
  sealing: null,
  key_words: 'stereo fee misery enough render foot',
  grants: { read: true, act: true, install: false, care: false },
  connectors: 1,
  devices: 1,
  simulated: false,
  paired_at: '2026-01-01T00:00:00.000Z',
  paired_by: 'console',
  last_seen_at: null,
});
const all = [machine('packing-10', 'linked'), machine('packing-2', 'offline'), machine('office', 'revoked')];
const names = (text: string, state: Parameters<typeof soughtMachines>[1]['state']) =>
  soughtMachines(all, { text, state }).map(({ name }) => name);

describe('the list of machines', () => {
  it('leaves revoked ones out until they are asked for, and counts as people do', () => {
    expect(names('', 'active')).toEqual(['packing-2', 'packing-10']);
    expect(names('', 'revoked')).toEqual(['office']);
    expect(names('', 'linked')).toEqual(['packing-10']);
  });

  it('is searched by all words, in name, version and key words', () => {
    expect(names('PACK 10', 'active')).toEqual(['packing-10']);
    expect(names('misery 1.2', 'active')).toHaveLength(2);
    expect(names('agt_packing-2', 'active')).toEqual(['packing-2']);
    expect(names('packing 1', 'active')).toEqual(['packing-10']);
    expect(names('printer', 'active')).toEqual([]);
  });
});
