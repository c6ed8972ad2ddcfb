import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drivers } from './index.ts';
import { simulatorModels } from './simulators.ts';

/** Folders that are no driver family. */
const notFamilies = ['kit', 'simulator-host'];

describe('the list of drivers', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notFamilies.includes(entry.name))
    .map((entry) => `cn-${entry.name}`)
    .sort();

  it('has every driver folder, in order of id', () => {
    expect(drivers.map((driver) => driver.id)).toEqual(folders);
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
