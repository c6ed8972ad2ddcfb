import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiClient } from '../../main/api/client.ts';
import { openIncidentLog } from '../../main/shell/incidents.ts';
import { edgeWithInput } from '../whole/support/agent-process.ts';
import { processesWith } from '../whole/support/processes.ts';
import { type Host, type LaunchOptions, launchShell, type RunningShell } from './support/launch.ts';
import { profiles } from './support/leftovers.ts';
import { until } from './support/until.ts';

const atAgent = /^http:\/\/127\.0\.0\.1:\d+\/$/;
const atPanel = /^http:\/\/127\.0\.0\.1:\d+\/kiosk$/;

/** The shell with an agent of its own. */
export function ownAgentSuite(host: Host): void {
  describe(`the shell with an agent of its own, on the ${host.name}`, () => {
    let folder = '';
    let shell: RunningShell | null = null;
    afterEach(async () => {
      await shell?.close();
      shell = null;
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);

    const dataDir = () => join(folder, 'data');
    const socketPath = () => join(dataDir(), 'run', 'agent.sock');
    const configFile = () => join(folder, 'edge.yaml');
    const incidents = () => openIncidentLog(join(dataDir(), 'logs', 'shell.log'), Date.now).read();
    /** The process that holds the data folder. */
    const agentPid = () => Number(readText(join(dataDir(), 'agent.pid')) ?? Number.NaN);
    const start = async (
      options: Pick<LaunchOptions, 'args' | 'environment'> & { readonly config?: string } = {},
    ): Promise<RunningShell> => {
      if (folder === '' || !existsSync(folder)) folder = mkdtempSync(join(tmpdir(), 'shell-'));
      mkdirSync(join(folder, 'home'), { recursive: true });
      writeFileSync(configFile(), options.config ?? 'vault:\n  provider: keyfile\n');
      shell = await launchShell({
        host,
        dataDir: dataDir(),
        home: join(folder, 'home'),
        args: ['--config', configFile(), '--port', '0', ...(options.args ?? [])],
        ...(options.environment === undefined ? {} : { environment: options.environment }),
      });
      return shell;
    };
    const windowAt = (running: RunningShell, address: RegExp) =>
      until(
        `the window is at ${address}`,
        () => running.window(),
        (window) => address.test(window?.url ?? ''),
      );

    it('starts one, shows its page, starts it again when it dies, and leaves nothing behind', async () => {
      const running = await start();
      const first = (await windowAt(running, atAgent))?.url;
      const killed = agentPid();
      process.kill(killed, 'SIGKILL');
      await until('another agent runs', agentPid, (pid) => pid > 0 && pid !== killed);
      await until(
        'the window is signed in there',
        () => running.window(),
        (window) => atAgent.test(window?.url ?? '') && window?.url !== first,
      );
      expect(incidents().map(({ kind }) => kind)).toEqual(['agent-ended']);
      const pid = agentPid();
      await running.close();
      shell = null;
      expect(existsSync(join(dataDir(), 'agent.pid'))).toBe(false);
      await until(
        'the agent is gone',
        () => existsSync(`/proc/${pid}`),
        (isThere) => !isThere,
      );
      await until(
        'no process is left',
        () => processesWith(folder),
        (left) => left.length === 0,
      );
    });

    it('shows what the agent says when it will not start, and goes on by itself when that is mended', async () => {
      const running = await start({ config: 'vault:\n  provider: pocket\n' });
      await windowAt(running, /\/pages\/help\.html$/);
      const page = await running.page();
      await page.getByRole('heading', { name: 'Fibric Edge is not running' }).waitFor();
      await page.getByText('line 2: vault.provider').first().waitFor();
      await page.locator('#hint', { hasText: 'Correct the file' }).waitFor();
      await page.getByText(/Trying again by itself in \d+ s\./).waitFor();
      await page.screenshot({ path: join(import.meta.dirname, '..', '..', '.cache', 'shell-help.png') });
      await until(
        'the tray shows it',
        () => running.tray(),
        (tray) => tray?.shape === 'stopped',
      );
      await until(
        'help is called for',
        () => running.notes(),
        (notes) => notes.some(({ title }) => title === 'Fibric Edge needs help'),
      );
      expect(incidents().every(({ kind }) => kind === 'agent-would-not-start')).toBe(true);
      // The page may ask for what it offers, and not for what the agent's page may.
      expect(await page.evaluate('window.fibricEdgeShell.state()')).toMatchObject({
        ok: true,
        state: { help: { code: 'invalid_configuration' } },
      });
      writeFileSync(configFile(), 'vault:\n  provider: keyfile\n');
      await page.getByRole('button', { name: 'Try now' }).click();
      await windowAt(running, atAgent);
      await until(
        'the tray is calm',
        () => running.tray(),
        (tray) => tray?.shape === 'working',
      );
    });

    it('says that a data folder is in use or not fit, in the words of the agent and the language of the desktop', async () => {
      folder = mkdtempSync(join(tmpdir(), 'shell-'));
      mkdirSync(dataDir(), { mode: 0o755 });
      const running = await start({ args: ['--lang=de'] });
      await windowAt(running, /\/pages\/help\.html$/);
      const page = await running.page();
      await page.getByRole('heading', { name: 'Fibric Edge läuft nicht' }).waitFor();
      await page.getByText('has mode 0755').first().waitFor();
      await page.locator('#hint', { hasText: 'chmod 0700' }).waitFor();
      expect(await page.evaluate('document.documentElement.lang')).toBe('de');
    });

    it('shows locked secrets in the tray while the agent serves all that needs none', async () => {
      const running = await start({ config: 'vault:\n  provider: passphrase\n' });
      await windowAt(running, atAgent);
      const tray = await until(
        'the tray shows it',
        () => running.tray(),
        (found) => found?.shape === 'attention',
      );
      expect(JSON.stringify(tray)).toContain('Secrets are locked…');
      const notes = await until(
        'help is called for',
        () => running.notes(),
        (found) => found.length > 0,
      );
      expect(notes[0]).toMatchObject({ title: 'Fibric Edge needs help', place: '/settings/secrets' });
    });

    it('fills the screen in kiosk mode, and is left with the PIN alone', async () => {
      const running = await start({ args: ['--kiosk'] });
      await windowAt(running, atPanel);
      expect((await running.window())?.kiosk).toBe(true);
      // The panel, and no address leads elsewhere.
      const panel = await running.page();
      await panel.getByRole('button', { name: 'Leave…' }).waitFor();
      await panel.evaluate("location.assign('/settings/access')");
      await panel.waitForURL('**/kiosk');
      await panel.getByRole('button', { name: 'Leave…' }).waitFor();
      const set = await edgeWithInput('471108\n', dataDir(), 'kiosk', 'pin', 'set', '--pin-stdin');
      expect([set.code, set.stderr]).toEqual([0, '']);
      expect(JSON.stringify(await running.tray())).not.toMatch(/"id":"(?:quit|autostart)"/);

      // Neither closing nor the keys that do it lead out.
      await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      expect(await running.window()).toMatchObject({ kiosk: true, visible: true });
      const prevented = await running.app.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        return ['F11', 'w', 'a'].map((key) => {
          let held = false;
          const event = {
            preventDefault: () => {
              held = true;
            },
          };
          contents?.emit('before-input-event', event, {
            type: 'keyDown',
            key,
            control: key === 'w',
            alt: false,
            meta: false,
            shift: false,
          });
          return held;
        });
      });
      expect(prevented).toEqual([true, true, false]);

      const page = await running.page();
      expect(await page.evaluate('window.fibricEdgeShell.showLogs()')).toMatchObject({ ok: false, code: 'refused' });
      await running.app.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.webContents.emit(
          'before-input-event',
          { preventDefault: () => {} },
          { type: 'keyDown', key: 'L', control: true, shift: true, alt: false, meta: false },
        );
      });
      await windowAt(running, /\/pages\/pin\.html$/);
      await page.getByRole('button', { name: '4', exact: true }).waitFor();
      await page.screenshot({ path: join(import.meta.dirname, '..', '..', '.cache', 'shell-pin.png') });
      for (const digit of '1234') await page.getByRole('button', { name: digit, exact: true }).click();
      await page.getByRole('button', { name: 'Leave kiosk' }).click();
      await page.getByRole('alert').getByText('This is not the PIN. The screen stays locked.').waitFor();
      expect((await running.window())?.kiosk).toBe(true);
      await page.getByRole('button', { name: 'Back' }).click();
      await windowAt(running, atPanel);
      await page.getByRole('button', { name: 'Leave…' }).waitFor();

      // It leads to another page, which ends this one's call.
      await page.evaluate('window.fibricEdgeShell.leaveKiosk()').catch(() => {});
      await windowAt(running, /\/pages\/pin\.html$/);
      await page.getByRole('button', { name: '4', exact: true }).waitFor();
      for (const digit of '471108') await page.getByRole('button', { name: digit, exact: true }).click();
      await page.getByRole('button', { name: 'Leave kiosk' }).click();
      await until(
        'kiosk mode is left',
        () => running.window(),
        (window) => window?.kiosk === false,
      );
      await windowAt(running, atAgent);
      await until(
        'the tray has its way out',
        async () => JSON.stringify(await running.tray()),
        (text) => text.includes('"quit"'),
      );
    });

    it.runIf(host.name === 'stand-in')('works where there is no tray at all', async () => {
      const running = await start({ environment: { STAND_IN_NO_TRAY: '1' } });
      await windowAt(running, atAgent);
      expect((await running.window())?.visible).toBe(true);
    });

    it('shows no window when the system starts it at sign-in, and the tray all the same', async () => {
      const running = await start({ args: ['--autostart'] });
      await until(
        'the tray shows that it works',
        () => running.tray(),
        (tray) => tray?.shape === 'working',
      );
      expect(await running.window()).toBeNull();
      const api = createApiClient({ socketPath: socketPath() });
      expect((await api.getHealth()).paused).toBe(false);
      api.close();
    });

    it.runIf(host.name === 'stand-in')(
      'leaves neither process nor profile behind, even when it is killed',
      async () => {
        const before = profiles();
        const running = await start();
        await windowAt(running, atAgent);
        const mine = profiles().filter((name) => !before.includes(name));
        expect(mine).toHaveLength(1);
        const main = running.app.process();
        shell = null;
        main.kill('SIGKILL');
        await until(
          'its profile is gone',
          () => profiles().filter((name) => mine.includes(name)),
          (left) => left.length === 0,
        );
        await until(
          'its processes are gone',
          () => [...processesWith(folder), ...processesWith(mine[0] ?? '')],
          (left) => left.length === 0,
        );
      },
    );
  });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
