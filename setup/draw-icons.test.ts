import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trayShapes } from '../main/shell/verdict.ts';
import { drawIcons } from './draw-icons.mjs';

const folder = mkdtempSync(join(tmpdir(), 'icons-'));
const tray = join(folder, 'tray');
beforeAll(() => drawIcons(tray, join(folder, 'build')), 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const picture = (name: string) => decode(readFileSync(join(tray, name)));
/** How much of each pixel is drawn, colour left out. */
const ink = (name: string) => [...picture(name).data].filter((_value, index) => index % 4 === 3);

describe('the icons', () => {
  it('are there for each shape, system and size', () => {
    const names = new Set(readdirSync(tray));
    for (const shape of trayShapes) {
      for (const suffix of ['', '@1.25x', '@1.5x', '@2x']) expect(names).toContain(`${shape}-outlined${suffix}.png`);
      for (const name of ['-light.ico', '-dark.ico', 'Template.png', 'Template@2x.png'])
        expect(names).toContain(`${shape}${name}`);
      expect([picture(`${shape}Template.png`).width, picture(`${shape}Template@2x.png`).width]).toEqual([16, 32]);
    }
  });

  it('tell the states apart in one colour at 16 pixels', () => {
    for (const left of trayShapes) {
      for (const right of trayShapes) {
        if (left >= right) continue;
        const [one, other] = [ink(`${left}Template.png`), ink(`${right}Template.png`)];
        const differing = one.filter((value, index) => Math.abs(value - (other[index] ?? 0)) > 96).length;
        expect(differing, `${left} and ${right}`).toBeGreaterThanOrEqual(12);
      }
    }
  });

  it('are black on nothing for macOS, which colours them itself', () => {
    for (const shape of trayShapes) {
      const { data } = picture(`${shape}Template.png`);
      expect([...data].filter((value, index) => index % 4 !== 3 && value !== 0)).toEqual([]);
    }
  });

  it('are icon files that name their pictures', () => {
    const ico = readFileSync(join(folder, 'build', 'icon.ico'));
    expect([ico.readUInt16LE(0), ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([0, 1, 7]);
    for (let index = 0; index < 7; index += 1) {
      const [size, at] = [ico.readUInt32LE(6 + 16 * index + 8), ico.readUInt32LE(6 + 16 * index + 12)];
      expect(decode(ico.subarray(at, at + size)).width % 256).toBe(ico[6 + 16 * index]);
    }
    const icns = readFileSync(join(folder, 'build', 'icon.icns'));
    expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  });
});
