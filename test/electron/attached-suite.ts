import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import { openIncidentLog } from '../../main/shell/incidents.ts';
import type { TrayItem } from '../../main/shell/tray-item.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from '../whole/support/agent-process.ts';
import { commandOf, type Host, type LaunchOptions, launchShell, type RunningShell } from './support/launch.ts';
import { until } from './support/until.ts';

const flat = (items: readonly TrayItem[]): readonly TrayItem[] =>
  items.flatMap((item) => (item.kind === 'submenu' ? [item, ...flat(item.items)] : [item]));

/** The shell beside an agent that runs already, with the simulated bench. */
export function attachedSuite(host: Host): void {
  describe(`the shell beside a running agent, on the ${host.name}`, () => {
    const dataDir = makeDataDir();
    const home = join(dataDir, '..', 'home');
    const netLog = join(home, 'connections.log');
    const config = join(dataDir, '..', 'shell.yaml');
    const options: LaunchOptions = { host, dataDir, home, netLog, args: ['--config', config, '--port', '0'] };
    let agent: AgentProcess;
    let simulators: Awaited<ReturnType<typeof connectSimulatorHost>>;
    let shell: RunningShell;
    let page: Page;

    beforeAll(async () => {
      mkdirSync(home, { recursive: true });
      writeFileSync(config, 'vault:\n  provider: keyfile\n');
      agent = await startAgent({ dataDir, demo: true });
      simulators = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
      shell = await launchShell(options);
      page = await shell.page();
    }, 240_000);
    afterAll(async () => {
      await shell?.close();
      // They outlive the agent, which is killed here.
      await simulators?.stop();
      await agent?.kill().catch(() => {});
      removeDataDir(dataDir);
    }, 60_000);

    const shape = async () => (await shell.tray())?.shape;
    const label = async (id: string) => {
      const found = flat((await shell.tray())?.items ?? []).find((item) => item.kind !== 'separator' && item.id === id);
      return found === undefined || found.kind === 'separator' ? null : found.label;
    };
    const idOf = async (name: string) =>
      (await agent.api.listConnectors()).find((connector) => connector.name === name)?.id ?? '';
    const incidents = () => openIncidentLog(join(dataDir, 'logs', 'shell.log'), Date.now).read();
    const atAgent = () =>
      until(
        'the window is at the agent',
        () => shell.window(),
        (window) => window?.url === `${agent.url}/`,
      );

    it('signs the window in by itself, with nothing of it in an address or on the disk', async () => {
      await atAgent();
      await page.getByText('front-scale', { exact: true }).first().waitFor();
      expect((await shell.window())?.visible).toBe(true);
      const history = await page.evaluate(
        'performance.getEntriesByType("navigation").map((entry) => entry.name).join()',
      );
      expect(String(history)).not.toContain('ticket');
    });

    it('shows the connectors in the tray, and says that devices keep working without it', async () => {
      await until('the tray is drawn', shape, (found) => found === 'working');
      expect(await label(`state:${await idOf('front-scale')}`)).toBe('Working');
      expect(await label('quit')).toBe('Quit (devices keep working)');
      expect(await label('summary')).toMatch(/\d working/);
    });

    it('tells a pulled cable in the tray by shape and word, and its return', async () => {
      await simulators.unplug('scale');
      await until('the tray shows it', shape, (found) => found === 'attention');
      expect(await label(`problem:${await idOf('front-scale')}`)).toBe('front-scale: Unplugged');
      await simulators.plug('scale');
      await until('the tray shows it works', shape, (found) => found === 'working');
    });

    it('names three that need a person, and leads to all of them', async () => {
      const pulled = ['scale', 'till', 'bus', 'lock'];
      for (const name of pulled) await simulators.unplug(name);
      await until(
        'the tray counts the others',
        () => label('problems:more'),
        (found) => found === 'and 2 more…',
      );
      await shell.click('problems:more');
      await until(
        'the window shows what needs a person',
        () => shell.window(),
        (window) => window?.url === `${agent.url}/?state=needs`,
      );
      for (const name of pulled) await simulators.plug(name);
      await until('the tray shows that all work', shape, (found) => found === 'working');
    });

    it('tests a connector from the tray and says how it went', async () => {
      await shell.click(`test:${await idOf('front-scale')}`);
      const notes = await until(
        'the outcome is shown',
        () => shell.notes(),
        (found) => found.some(({ slot }) => slot === 'test'),
      );
      expect(notes.find(({ slot }) => slot === 'test')).toMatchObject({ title: 'front-scale', body: 'Test passed.' });
    });

    it('pauses at once, and asks before it resumes', async () => {
      await shell.click('pause');
      await until('the tray shows the pause', shape, (found) => found === 'paused');
      expect((await agent.api.getPause()).paused).toBe(true);
      await shell.answerQuestions(0);
      await shell.click('resume');
      await until(
        'it was asked',
        () => shell.questions(),
        (asked) => asked.length === 1,
      );
      expect((await agent.api.getPause()).paused).toBe(true);
      await shell.answerQuestions(1);
      await shell.click('resume');
      await until('it goes on', shape, (found) => found === 'working');
      expect((await agent.api.getPause()).paused).toBe(false);
    });

    it('asks before it uninstalls, says who needs it, and only then lets it go', async () => {
      const id = await idOf('climate');
      await edge(dataDir, 'operators', 'create', '--name', 'climate-watch', '--capabilities', 'sensor.read');
      await shell.answerQuestions(0);
      await shell.click(`uninstall:${id}`);
      const [kept] = await until(
        'it was asked',
        () => shell.questions(),
        (asked) => asked.length === 1,
      );
      expect(kept).toMatchObject({ message: 'Uninstall climate?', buttons: ['Keep it', 'Uninstall climate'] });
      expect(await idOf('climate')).toBe(id);

      await shell.answerQuestions(1);
      await shell.click(`uninstall:${id}`);
      const asked = await until(
        'it was refused',
        () => shell.questions(),
        (found) => found.length === 2,
      );
      expect(asked[1]?.message).toBe("climate can't be uninstalled");
      expect(asked[1]?.detail).toContain('climate-watch');
      expect(await idOf('climate')).toBe(id);

      await edge(dataDir, 'operators', 'pause', 'climate-watch');
      await shell.click(`uninstall:${id}`);
      await until(
        'it is gone',
        () => idOf('climate'),
        (found) => found === '',
      );
      await until(
        'the tray forgets it',
        () => label(`connector:${id}`),
        (found) => found === null,
      );
    });

    it('calls for a person when something waits for one, without what was asked, and leads to it', async () => {
      expect((await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=confirm')).code).toBe(0);
      await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      const called = edge(dataDir, 'call', 'relay-board', 'relay.set', 'relay=3', 'on=true', '--key', 'shell-1');
      await until('the tray shows it', shape, (found) => found === 'approval');
      expect(await label('approvals')).toBe('Approvals waiting: 1…');
      const notes = await until(
        'it was called for',
        () => shell.notes(),
        (found) => found.some(({ slot }) => slot === 'approvals'),
      );
      expect(notes.find(({ slot }) => slot === 'approvals')?.body).toMatch(
        /^relay-board: Switch a relay\. [12]:\d\d left\.$/,
      );
      await shell.click('approvals');
      await until(
        'the window is shown',
        () => shell.window(),
        (window) => window?.visible === true,
      );
      const [waiting] = (await agent.api.listApprovals({ state: 'waiting' })).data;
      await agent.api.deny(waiting?.id ?? '');
      expect((await called).code).toBe(3);
      await until('the tray is calm', shape, (found) => found === 'working');
    });

    it('has its own part of Settings and Support, which do what they say', async () => {
      await page.evaluate("location.assign('/settings/general')");
      const own = page.locator('[data-desktop]');
      await own.getByText('Runs as a service of this computer').waitFor();
      await own.getByText('It does not start by itself.').waitFor();
      await own.getByRole('button', { name: 'Start when I sign in' }).click();
      await own.getByText('It starts by itself when you sign in.').waitFor();
      await own.getByRole('button', { name: 'No longer start by itself' }).click();
      await own.getByText('It does not start by itself.').waitFor();
      await own.getByText('It needs a PIN first.').waitFor();
      expect(await own.getByRole('button', { name: 'Start kiosk mode' }).isDisabled()).toBe(true);
      await page.evaluate("location.assign('/support')");
      await page.getByRole('button', { name: 'Open the folder of the logs' }).waitFor();
      await page.evaluate("location.assign('/')");
      await atAgent();
    });

    it('hides when it is closed, and a second start shows it and ends', async () => {
      await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      await until(
        'it is hidden',
        () => shell.window(),
        (window) => window?.visible === false,
      );
      const { command, args, env } = commandOf(options);
      const second = spawn(command, args, { env, stdio: 'ignore' });
      const [code] = await once(second, 'exit');
      expect(code).toBe(0);
      await until(
        'it is shown',
        () => shell.window(),
        (window) => window?.visible === true,
      );
    });

    it('goes nowhere else, opens nothing and permits nothing, and writes down what was tried', async () => {
      const before = incidents().length;
      const origin = `${agent.url}/`;
      await page.goto(origin);
      await page.evaluate("location.href = 'http://example.invalid/secret?token=1'");
      // Later, since the driver waits for what a call opens, and nothing is.
      await page.evaluate("void setTimeout(() => window.open('http://example.invalid/'))");
      await page.evaluate(
        "document.body.append(Object.assign(document.createElement('iframe'), { src: '/plug.svg' }))",
      );
      expect(await page.evaluate("fetch('http://192.0.2.1/').then(() => 'went', () => 'refused')")).toBe('refused');
      const permissions = await page.evaluate(
        "Promise.all(['geolocation', 'notifications'].map((name) => navigator.permissions.query({ name }).then(({ state }) => state)))",
      );
      expect(permissions).toEqual(['denied', 'denied']);
      await until('they are written down', incidents, (found) => found.length >= before + 2);
      const refused = incidents().slice(before);
      expect(refused.every(({ kind }) => kind === 'request-refused')).toBe(true);
      expect(refused.map(({ message }) => message).sort()).toEqual(
        expect.arrayContaining([
          'The window was kept from: going elsewhere.',
          'The window was kept from: opening a window.',
        ]),
      );
      expect(JSON.stringify(refused)).not.toContain('token');
      expect((await shell.window())?.url).toBe(origin);
      expect(await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    });

    it('gives the page its few functions and nothing of Node or Electron', async () => {
      expect(await page.evaluate('typeof require + typeof process + typeof module')).toBe(
        'undefinedundefinedundefined',
      );
      const state: unknown = await page.evaluate('window.fibricEdgeShell.state()');
      expect(state).toMatchObject({ ok: true, state: { agentOwner: 'system', kiosk: false, help: null } });
      // The PIN page alone may try a PIN.
      expect(await page.evaluate("window.fibricEdgeShell.unlock('1234')")).toMatchObject({
        ok: false,
        code: 'refused',
      });
      expect(await page.evaluate("window.fibricEdgeShell.signIn('//example.invalid/')")).toMatchObject({
        ok: false,
        code: 'refused',
      });
      expect(await page.evaluate('window.fibricEdgeShell.enterKiosk()')).toMatchObject({
        ok: false,
        code: 'pin_required',
      });
      expect(await page.evaluate('window.fibricEdgeShell.restartAgent()')).toMatchObject({
        ok: false,
        code: 'not_supported',
      });
    });

    it('starts with the session where the tray says so', async () => {
      const file = join(home, 'config', 'autostart', 'fibric-edge.desktop');
      await shell.click('autostart');
      await until(
        'the file is there',
        async () => (await shell.tray()) !== null && readText(file),
        (text) => text !== null && text !== false,
      );
      expect(readText(file)).toMatch(/^Exec=.* --autostart$/m);
      const checked = async () =>
        flat((await shell.tray())?.items ?? []).some(
          (item) => item.kind === 'check' && item.id === 'autostart' && item.checked,
        );
      await until('the tray shows it', checked);
      await shell.click('autostart');
      await until(
        'the file is gone',
        () => readText(file),
        (text) => text === null,
      );
    });

    it('brings back a window whose page died, signed in, and writes it down', async () => {
      await shell.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
      );
      await until('it is written down', incidents, (found) => found.some(({ kind }) => kind === 'page-died'));
      await until(
        'the page is back',
        () =>
          shell.app.evaluate(({ BrowserWindow }) => {
            const contents = BrowserWindow.getAllWindows()[0]?.webContents;
            return contents !== undefined && !contents.isCrashed() && contents.getURL();
          }),
        (url) => url === `${agent.url}/`,
      );
    });

    it('draws by the processor from the next start on when the GPU keeps dying', async () => {
      await shell.app.evaluate(({ app }) => {
        for (let deaths = 0; deaths < 3; deaths += 1)
          app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 139 });
      });
      await until(
        'it is kept',
        () => readText(join(home, 'shell', 'shell.json')),
        (text) => text?.includes('"software_drawing": true') === true,
      );
      expect(incidents().filter(({ kind }) => kind === 'gpu-died')).toHaveLength(3);
    });

    it('takes over with an agent of its own when the other one goes, and signs in again', async () => {
      const before = agent.url;
      await agent.kill();
      const window = await until(
        'the window is back',
        () => shell.window(),
        (found) => /^http:\/\/127\.0\.0\.1:\d+\/$/.test(found?.url ?? '') && found?.url !== `${before}/`,
      );
      expect(window?.visible).toBe(true);
      await until(
        'the tray is that of an own agent',
        () => label('quit'),
        (found) => found === 'Quit and stop devices…',
      );
    });

    it('asks before it ends an agent of its own, and ends it whole', async () => {
      await shell.answerQuestions(0);
      await shell.click('quit');
      await until(
        'it was asked',
        () => shell.questions(),
        (asked) => asked.length === 1,
      );
      expect((await agent.api.getHealth()).status).toBeDefined();
      await shell.answerQuestions(1);
      const closed = shell.app.waitForEvent('close');
      await shell.click('quit');
      await closed;
      await expect(agent.api.getHealth()).rejects.toMatchObject({ code: 'agent_unreachable' });
    });

    it.runIf(host.name === 'stand-in')('made no connection beyond this machine', () => {
      const lines: { who: string; address: string }[] = readFileSync(netLog, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(new Set(lines.map(({ who }) => who))).toEqual(new Set(['main', 'agent', 'page']));
      // What the test above tried from the page is in the record, and was held back before it went.
      const beyond = lines.filter(
        ({ address }) => !/^(?:watched:|unix:|file:|data:|tcp:\/\/127\.0\.0\.1:|http:\/\/127\.0\.0\.1:)/.test(address),
      );
      expect(beyond.filter(({ who }) => who !== 'page')).toEqual([]);
      expect(
        beyond
          .map(({ address }) => address)
          .filter((address) => !/^http:\/\/(?:example\.invalid|192\.0\.2\.1)\//.test(address)),
      ).toEqual([]);
    });
  });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
