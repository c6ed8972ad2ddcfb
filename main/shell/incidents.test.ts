import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIncidentLog } from './incidents.ts';
import { openSettings } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shell-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the record of crashes', () => {
  it('is lines that can be read back, for this user alone', () => {
    let nowMs = Date.parse('2026-11-26T08:00:00.000Z');
    const log = openIncidentLog(join(folder, 'logs', 'shell.log'), () => nowMs);
    log.record({ kind: 'gpu-died', message: 'The process that draws died.', facts: { exitCode: 139 } });
    nowMs += 1_000;
    log.record({ kind: 'agent-ended', message: 'The agent ended.' });
    expect(log.read()).toEqual([
      {
        at: '2026-11-26T08:00:00.000Z',
        kind: 'gpu-died',
        message: 'The process that draws died.',
        facts: { exitCode: 139 },
      },
      { at: '2026-11-26T08:00:01.000Z', kind: 'agent-ended', message: 'The agent ended.', facts: {} },
    ]);
    expect(statSync(log.file).mode & 0o777).toBe(0o600);
  });

  it('is bounded, whatever dies in a loop', () => {
    let nowMs = 0;
    const log = openIncidentLog(join(folder, 'shell.log'), () => nowMs);
    for (let count = 0; count < 20_000; count += 1) {
      nowMs += 500;
      log.record({ kind: 'page-died', message: 'x'.repeat(3_000) });
    }
    expect(statSync(log.file).size + statSync(`${log.file}.1`).size).toBeLessThan(600 * 1024);
    nowMs += 60_000;
    const before = readFileSync(log.file, 'utf8').length;
    for (let count = 0; count < 100; count += 1) log.record({ kind: 'gpu-died', message: 'at once' });
    const lines = readFileSync(log.file, 'utf8').slice(before).split('\n');
    expect(lines.filter((line) => line.includes('at once'))).toHaveLength(30);
  });

  it('leaves out what a power cut spoilt, and never ends the shell', () => {
    const log = openIncidentLog(join(folder, 'shell.log'), () => 0);
    log.record({ kind: 'gpu-died', message: 'one' });
    writeFileSync(log.file, `${readFileSync(log.file, 'utf8')}{"at":"19`);
    expect(log.read()).toHaveLength(1);
    openIncidentLog(join(log.file, 'not', 'a', 'folder'), () => 0).record({ kind: 'gpu-died', message: 'two' });
  });
});

describe('the settings of the shell', () => {
  it('outlive a restart, and a spoilt file is the defaults', () => {
    const file = join(folder, 'shell.json');
    openSettings(file).change({ kiosk: true, told_at: { vault: 5 } });
    expect(openSettings(file).get()).toMatchObject({ kiosk: true, software_drawing: false, told_at: { vault: 5 } });
    writeFileSync(file, '{"kiosk": "yes"');
    expect(openSettings(file).get()).toMatchObject({ kiosk: false, software_drawing: false, told_at: {} });
  });
});
