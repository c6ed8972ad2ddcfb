import { describe, expect, it } from 'vitest';
import { type InstallFacts, updateWay } from './update-way.ts';

const release = { version: '0.1.0', updates: { url: 'https://updates.example/', key: 'KEY' } };
const facts = (change: Partial<InstallFacts>): InstallFacts => ({
  platform: 'linux',
  packaged: true,
  appImage: null,
  release,
  ...change,
});

describe('how a newer version gets here', () => {
  it.each([
    ['a package of the system', facts({}), 'package-manager'],
    ['a package whose build names no address', facts({ release: null }), 'package-manager'],
    ['an AppImage', facts({ appImage: '/home/ada/Fibric-Edge.AppImage' }), 'self'],
    ['Windows', facts({ platform: 'win32' }), 'self'],
    ['macOS', facts({ platform: 'darwin' }), 'self'],
    ['a build without an address', facts({ platform: 'win32', release: { ...release, updates: null } }), 'by-hand'],
    ['sources', facts({ packaged: false, appImage: '/x.AppImage' }), 'by-hand'],
  ])('%s', (_what, given, way) => {
    expect(updateWay(given).way).toBe(way);
  });
});
