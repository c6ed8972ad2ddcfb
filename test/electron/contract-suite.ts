import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseHost, executableOf, type Host } from './support/launch.ts';
import { until } from './support/until.ts';

declare global {
  var contract:
    | {
        readonly earlyFork: string;
        readonly menu: { getMenuItemById(id: string): { click(): void } | null };
        allowClose(): void;
        fork(): Electron.UtilityProcess;
      }
    | undefined;
}

/** What the shell relies on in Electron; a difference between the hosts is a fault of the stand-in. */
export function contractSuite(host: Host): void {
  describe(`what the shell relies on, on the ${host.name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'contract-'));
    const log = join(folder, 'log');
    const appFolder = join(import.meta.dirname, 'contract-app');
    const lines = () => {
      try {
        return readFileSync(log, 'utf8').trim().split('\n');
      } catch {
        return [];
      }
    };
    const env = {
      ...Object.fromEntries(
        Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      STAND_IN_NODE: process.execPath,
      CONTRACT_LOG: log,
      CONTRACT_FOLDER: folder,
    };
    let app: ElectronApplication;
    let page: Page;

    beforeAll(async () => {
      chooseHost(host);
      app = await _electron.launch({ args: [appFolder], env, cwd: folder, timeout: 120_000 });
      page = await app.firstWindow();
      await page.waitForFunction('window.contract !== undefined');
    }, 180_000);
    afterAll(async () => {
      await app?.close().catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    });

    it('carries structured clones between page and main process, both ways', async () => {
      const same = await page.evaluate(`(async () => {
        const loop = { name: 'loop' }; loop.self = loop;
        const sent = { map: new Map([[{ a: 1 }, new Set([1])]]), date: new Date(5), bytes: new Uint8Array([1, 2, 255]), big: 12345678901234567890n,
          nothing: undefined, nan: NaN, zero: -0, error: new RangeError('far'), loop, holes: [1, , 3], regexp: /a+/gi };
        const back = await window.contract.echo(sent);
        return [
          back.map instanceof Map, [...back.map.keys()][0].a, [...back.map.values()][0].has(1), back.date.getTime(),
          [...back.bytes].join(), back.bytes.constructor.name, String(back.big), 'nothing' in back, Number.isNaN(back.nan), Object.is(back.zero, -0),
          back.error instanceof RangeError, back.error.message, back.loop.self === back.loop, 1 in back.holes, back.holes.length, String(back.regexp),
        ];
      })()`);
      expect(same).toEqual([
        true,
        1,
        true,
        5,
        '1,2,255',
        'Uint8Array',
        '12345678901234567890',
        true,
        true,
        true,
        true,
        'far',
        true,
        false,
        3,
        '/a+/gi',
      ]);
      expect(await page.evaluate('window.contract.kind()')).toBe('[object Map] 1');
    });

    it('refuses what can not be cloned, and tells errors of the main process as errors', async () => {
      const said = (script: string) => page.evaluate(`${script}.then(() => 'went', (error) => error.message)`);
      expect(await said('window.contract.uncloneable()')).toBe('An object could not be cloned.');
      expect(await said("window.contract.invoke('function')")).toContain('could not be cloned');
      expect(await said("window.contract.invoke('fail')")).toBe("Error invoking remote method 'fail': TypeError: no");
      expect(await said("window.contract.invoke('nobody')")).toBe(
        "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
      );
    });

    it('gives the page what the preload exposes, and none of its world', async () => {
      const seen = await page.evaluate(`(async () => {
        let thrown = ''; try { window.contract.fail(); } catch (error) { thrown = error.message; }
        let heard = ''; window.contract.callBack((text) => { heard = text; });
        try { window.contract.number = 8; } catch {}
        return [window.contract.number, window.contract.nested.list.join(), window.contract.sum(2, 3), thrown, heard, await window.contract.later(21), typeof require];
      })()`);
      expect(seen).toEqual([7, '1,2', 5, 'thrown in the preload', 'heard', 42, 'undefined']);
      expect(await page.evaluate('typeof window.frames[0].contract')).toBe('undefined');
    });

    it('names the sender by its frame', async () => {
      const sender = await page.evaluate("window.contract.invoke('sender')");
      expect(sender).toEqual({ url: page.url(), isTop: true, isWindow: true });
      expect(page.url()).toMatch(/^file:.*page\.html$/);
    });

    it('lets the program hold back windows that a page opens', async () => {
      // Later, since the driver waits for what a call opens, and nothing is.
      await page.evaluate("void setTimeout(() => window.open('http://127.0.0.1:9/x'))");
      await until('it was asked', lines, (found) => found.includes('window-open http://127.0.0.1:9/x'));
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it('finds and clicks lines of a menu', async () => {
      await app.evaluate(() => globalThis.contract?.menu.getMenuItemById('inner')?.click());
      expect(lines()).toContain('clicked inner');
    });

    it('runs a utility process only once it is ready, and hears of its end', async () => {
      const told = await app.evaluate(async () => {
        const child = globalThis.contract?.fork();
        if (child === undefined) return null;
        const answers: unknown[] = [];
        const ended = new Promise<number>((resolve) => child.on('exit', resolve));
        const answered = new Promise<void>((resolve) =>
          child.on('message', (message) => {
            answers.push(message.back instanceof Map, message.type, message.args.join());
            resolve();
          }),
        );
        child.postMessage(new Map([[1, 2]]));
        await answered;
        child.postMessage('end');
        return [globalThis.contract?.earlyFork, ...answers, await ended, child.pid];
      });
      expect(told).toEqual(['refused', true, 'utility', 'one,two', 3, undefined]);
    });

    it('tells the first instance of the second, which ends', async () => {
      const second = spawn(
        executableOf(host),
        [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), appFolder, '--again'],
        { env, stdio: 'ignore' },
      );
      expect((await once(second, 'exit'))[0]).toBe(0);
      await until(
        'the first heard',
        lines,
        (found) => found.includes('second-instance true') && found.includes('second ended'),
      );
    });

    it('keeps a window that holds back its closing, also from a quit', async () => {
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      await until('closing was held back', lines, (found) => found.includes('close false'));
      await app.evaluate(({ app: program }) => program.quit());
      await until('quitting was held back', lines, (found) => found.includes('before-quit'));
      expect(lines()).not.toContain('will-quit');
      expect(
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible())),
      ).toEqual([false]);
    });

    it('quits in order', async () => {
      const before = lines().length;
      await app.evaluate(() => globalThis.contract?.allowClose());
      const closed = app.waitForEvent('close');
      await app.evaluate(({ app: program }) => void setImmediate(() => program.quit()));
      await closed;
      expect(lines().slice(before)).toEqual(['before-quit', 'close true', 'will-quit', 'quit 0']);
    });
  });
}
