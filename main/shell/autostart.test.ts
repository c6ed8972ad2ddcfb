import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AutostartFacts, planAutostart, quoteForExec } from './autostart.ts';
import { isEntryOn, removeEntry, writeEntry } from './autostart-entry.ts';

const plan = (change: Partial<AutostartFacts> = {}) =>
  planAutostart({
    platform: 'linux',
    variables: {},
    home: '/home/mia',
    executable: '/opt/fibric-edge/fibric-edge',
    appFolder: null,
    ...change,
  });

/** The Desktop Entry Specification 1.5 read backwards: first the string value, then the quoting of `Exec`. */
function readExec(value: string): string[] {
  const text = value.replace(
    /\\(.)/gs,
    (_all, escaped: string) => ({ n: '\n', t: '\t', r: '\r', s: ' ' })[escaped] ?? escaped,
  );
  const found: string[] = [];
  for (const [, quoted, bare] of text.matchAll(/"((?:[^"\\]|\\.)*)"|([^ "]+)/gs))
    found.push((quoted?.replace(/\\(.)/gs, '$1') ?? bare ?? '').replaceAll('%%', '%'));
  return found;
}

describe('autostart', () => {
  it('is a login item on Windows and macOS', () => {
    for (const platform of ['win32', 'darwin'] as const)
      expect(plan({ platform })).toEqual({
        way: 'login-item',
        path: '/opt/fibric-edge/fibric-edge',
        args: ['--autostart'],
      });
  });

  it('is a desktop file on Linux, where the desktop looks for it', () => {
    expect(plan()).toMatchObject({ way: 'desktop-file', file: '/home/mia/.config/autostart/fibric-edge.desktop' });
    expect(plan({ variables: { XDG_CONFIG_HOME: '/cfg' } })).toMatchObject({
      file: '/cfg/autostart/fibric-edge.desktop',
    });
    expect(plan({ variables: { XDG_CONFIG_HOME: 'relative' } })).toMatchObject({
      file: '/home/mia/.config/autostart/fibric-edge.desktop',
    });
  });

  it('names the AppImage itself, since its mounted files go with it', () => {
    const found = plan({ variables: { APPIMAGE: '/home/mia/My Apps/edge.AppImage' } });
    expect(found.way === 'desktop-file' && found.content).toContain(
      '\nExec="/home/mia/My Apps/edge.AppImage" --autostart\n',
    );
  });

  it('writes any path so that the desktop reads the same one', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0')),
        (path) => {
          expect(readExec(`${quoteForExec(path)} --autostart`)).toEqual([path, '--autostart']);
        },
      ),
    );
  });

  it('is written whole, read back, and taken away', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shell-autostart-'));
    const file = join(folder, 'autostart', 'fibric-edge.desktop');
    expect(isEntryOn(file)).toBe(false);
    writeEntry(file, '[Desktop Entry]\nExec=x\nX-GNOME-Autostart-enabled=true\n');
    expect(isEntryOn(file)).toBe(true);
    for (const off of ['Hidden=true', 'X-GNOME-Autostart-enabled=false']) {
      writeFileSync(file, `${readFileSync(file, 'utf8').replace('X-GNOME-Autostart-enabled=true', '')}${off}\n`);
      expect(isEntryOn(file)).toBe(false);
    }
    removeEntry(file);
    removeEntry(file);
    expect(isEntryOn(file)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
