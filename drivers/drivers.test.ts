import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drivers, earlyAccessListings, sources } from './index.ts';
import { simulatorModels } from './simulators.ts';

/** Folders that are no driver family. */
const notFamilies = ['kit', 'simulator-host'];

describe('the list of drivers', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notFamilies.includes(entry.name) && !entry.name.startsWith('saas-'))
    .map((entry) => `cn-${entry.name}`)
    .sort();

  it('has every driver folder, in order of id', () => {
    expect(drivers.map((driver) => driver.id)).toEqual(folders);
  });

  it('has every software source, in order of id, beside listings that are only shown', () => {
    const found = readdirSync(import.meta.dirname)
      .filter((name) => name.startsWith('saas-'))
      .map((name) => name.replace(/^saas-/, 'cn-'))
      .sort();
    expect(sources.map((source) => source.id)).toEqual(found);
    const all = [...drivers, ...sources, ...earlyAccessListings].map((listing) => listing.id);
    expect(new Set(all).size).toBe(all.length);
  });

  it('has a simulator for every driver, in the same order', () => {
    expect(simulatorModels.map((model) => model.listing)).toEqual(folders);
  });

  it('has fingerprints whose samples match their own marks', () => {
    for (const mark of drivers.flatMap((driver) => driver.fingerprints)) {
      const marks = [mark.manufacturer, mark.product].filter((one) => one instanceof RegExp);
      for (const pattern of marks) expect(mark.sample).toMatch(pattern);
    }
  });
});
