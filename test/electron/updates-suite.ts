import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import type { UpdateFacts } from '../../main/shell/updates/update-facts.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from '../whole/support/agent-process.ts';
import { type Host, type LaunchOptions, launchShell, type RunningShell } from './support/launch.ts';
import { until } from './support/until.ts';
import { startUpdateFeed, type UpdateFeed } from './support/update-feed.ts';

interface Answer {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly state?: { readonly updates: UpdateFacts };
}

/** The shell as an AppImage that updates itself from a feed on loopback, beside an agent whose journal is asked. */
export function updatesSuite(host: Host): void {
  describe.runIf(process.platform === 'linux')(`updates of the shell, on the ${host.name}`, () => {
    const dataDir = makeDataDir();
    const home = join(dataDir, '..', 'home');
    const netLog = join(home, 'connections.log');
    const image = join(home, 'Fibric Edge.AppImage');
    const releaseFile = join(home, 'release.json');
    const started = join(home, 'started');
    /** The next version: it says that it was started, and with what. */
    const next = Buffer.from(
      `#!/bin/sh\nprintf '%s\\n' "$APPIMAGE" "$@" > '${started}.new' && mv '${started}.new' '${started}'\n`,
    );
    let feed: UpdateFeed;
    let agent: AgentProcess;
    let simulators: Awaited<ReturnType<typeof connectSimulatorHost>>;
    let shell: RunningShell;
    let options: LaunchOptions;

    beforeAll(async () => {
      mkdirSync(home, { recursive: true });
      writeFileSync(image, 'the old program');
      chmodSync(image, 0o755);
      feed = await startUpdateFeed();
      writeFileSync(releaseFile, JSON.stringify({ version: '0.1.0', updates: { url: feed.url, key: feed.key } }));
      agent = await startAgent({ dataDir, demo: true });
      simulators = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
      options = {
        host,
        dataDir,
        home,
        netLog,
        environment: { APPIMAGE: image, FIBRIC_EDGE_RELEASE: releaseFile, XDG_CACHE_HOME: join(home, 'cache') },
      };
      shell = await launchShell(options);
      const page = await shell.page();
      // Signed in and drawn: the page goes elsewhere no more.
      await page.getByText('front-scale', { exact: true }).first().waitFor();
    }, 240_000);
    afterAll(async () => {
      await shell?.close().catch(() => {});
      await simulators?.stop();
      await agent?.kill().catch(() => {});
      await feed?.close();
      removeDataDir(dataDir);
    }, 60_000);

    const ask = async (what: string): Promise<Answer> =>
      (await shell.page()).evaluate<Answer>(`window.fibricEdgeShell.${what}()`);
    const shot = async (name: string) =>
      (await shell.page()).screenshot({ path: join(import.meta.dirname, '..', '..', '.cache', `shell-${name}.png`) });
    const line = async (id: string) =>
      (await shell.tray())?.items.find((item) => item.kind !== 'separator' && item.id === id);

    it('asks nobody before a minute has passed', () => {
      expect(feed.asked).toEqual([]);
    });

    it('says plainly that the feed can not be read, and that what is offered is unsigned', async () => {
      expect(await ask('lookForUpdates')).toMatchObject({ ok: false, code: 'source_unreachable' });
      feed.offer('0.2.0', next, { unsigned: true });
      expect(await ask('lookForUpdates')).toMatchObject({
        ok: false,
        message: 'Version 0.2.0 is offered without a valid signature.',
      });
      expect(feed.asked.filter((path) => path.endsWith('.AppImage'))).toEqual([]);
      // Nothing tells who asks.
      expect(feed.headers()).toMatchObject({
        'user-agent': 'electron-builder',
        'x-user-staging-id': '00000000-0000-0000-0000-000000000000',
      });
      expect(feed.headers()['cookie']).toBeUndefined();
    });

    it('takes no file that is not what was signed', async () => {
      feed.offer('0.2.0', next, { sha512: `${'A'.repeat(86)}==` });
      expect(await ask('lookForUpdates')).toMatchObject({ ok: false, message: expect.stringContaining('checksum') });
      expect(readFileSync(image, 'utf8')).toBe('the old program');
    });

    it('fetches what is signed, and says in tray, window and once in a notification that it is ready', async () => {
      feed.offer('0.2.0', next);
      expect(await ask('lookForUpdates')).toMatchObject({
        ok: true,
        state: { updates: { way: 'self', mode: 'ask', phase: 'ready', version: '0.2.0', hold: null, problem: null } },
      });
      await until(
        'the tray has it',
        () => line('update'),
        (item) => item?.kind === 'action' && item.label === 'Update to 0.2.0…',
      );
      expect((await shell.notes()).filter(({ slot }) => slot === 'update')).toMatchObject([
        { title: 'Version 0.2.0 is ready', silent: true, place: '/settings/updates' },
      ]);
      const page = await shell.page();
      await page.goto(`${agent.url}/settings/updates`);
      await page.getByText('Version 0.2.0 is ready.').waitFor();
      await page.getByText('A newer version is fetched, and installed when you say so.').waitFor();
      expect(await page.getByRole('button', { name: 'Update to 0.2.0…' }).isEnabled()).toBe(true);
      await shot('update-ready');
    });

    it('does not go in while an action waits for approval, and is not even offered', async () => {
      expect((await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=confirm')).code).toBe(0);
      const called = edge(dataDir, 'call', 'relay-board', 'relay.set', 'relay=3', 'on=true', '--key', 'update-1');
      await until(
        'it waits',
        () => agent.api.listApprovals({ state: 'waiting' }),
        ({ data }) => data.length === 1,
      );
      await shell.answerQuestions(1);
      expect(await ask('installUpdate')).toMatchObject({
        ok: false,
        code: 'refused',
        message: expect.stringContaining('1 wait'),
      });
      expect(await shell.questions()).toEqual([]);
      const page = await shell.page();
      await page.getByText('0 run, 1 wait for approval, 0 without a known outcome').waitFor();
      expect(await page.getByRole('button', { name: 'Update to 0.2.0…' }).isEnabled()).toBe(false);
      await shot('update-waits');
      await until(
        'the tray says what it waits for',
        () => line('update'),
        (item) => item?.kind === 'action' && item.label === 'Version 0.2.0 is ready, waits for actions…',
      );
      expect(readFileSync(image, 'utf8')).toBe('the old program');
      const [approval] = (await agent.api.listApprovals({ state: 'waiting' })).data;
      await agent.api.deny(approval?.id ?? '');
      await called;
    });

    it('asks, then puts the new program in place whole, keeps the old one, and starts it as this one was', async () => {
      await shell.answerQuestions(0);
      expect(await ask('installUpdate')).toMatchObject({ ok: true });
      expect(await shell.questions()).toMatchObject([
        { message: 'Update to version 0.2.0?', buttons: ['Later', 'Update'] },
      ]);
      expect(readFileSync(image, 'utf8')).toBe('the old program');
      await shell.answerQuestions(1);
      await until(
        'the tray offers it again',
        () => line('update'),
        (item) => item?.kind === 'action' && item.label === 'Update to 0.2.0…',
      );
      const closed = shell.app.waitForEvent('close');
      await shell.click('update');
      await closed;
      await until('it was started', () => existsSync(started));
      const [itsImage, ...args] = readFileSync(started, 'utf8').trimEnd().split('\n');
      expect(itsImage).toBe('');
      expect(args.slice(-3)).toEqual(['--data', dataDir, `--user-data-dir=${join(home, 'shell')}`]);
      expect(readFileSync(image)).toEqual(next);
      expect(readFileSync(join(home, 'shell', 'former-version'), 'utf8')).toBe('the old program');
      // The agent of the system was not touched.
      expect((await agent.api.getHealth()).version).toBe('0.1.0');
    });

    it('says when the old version runs after all, in tray and notification, and offers it no more by itself', async () => {
      shell = await launchShell(options);
      const item = await until('the tray says it', () => line('update:failed'), Boolean);
      expect(item).toMatchObject({ label: 'The update to 0.2.0 did not work…' });
      expect((await shell.notes()).filter(({ slot }) => slot === 'update')).toMatchObject([
        { title: 'The update to 0.2.0 did not take', body: 'This is still version 0.1.0.', silent: false },
      ]);
      expect(readFileSync(join(dataDir, 'logs', 'shell.log'), 'utf8')).toContain('update-failed');
    });

    it.runIf(host.name === 'stand-in')('went nowhere but to the feed and the agent, on loopback', () => {
      const lines: { who: string; address: string }[] = readFileSync(netLog, 'utf8')
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text));
      const beyond = lines.filter(
        ({ address }) => !/^(?:watched:|unix:|file:|data:|tcp:\/\/127\.0\.0\.1:|http:\/\/127\.0\.0\.1:)/.test(address),
      );
      expect(beyond).toEqual([]);
      const main = lines.filter(({ who }) => who === 'main').map(({ address }) => address);
      expect(main).toContain(`tcp://${new URL(feed.url).host}`);
    });
  });
  describe.runIf(process.platform === 'linux')(`an update whose agent does not start, on the ${host.name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'shell-back-'));
    const home = join(folder, 'home');
    const image = join(home, 'Fibric-Edge.AppImage');
    const started = join(folder, 'started');
    let shell: RunningShell | null = null;
    afterAll(async () => {
      await shell?.close().catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    });

    it('says so after three tries, and goes back to the version before from the page that helps', async () => {
      mkdirSync(join(home, 'shell'), { recursive: true });
      writeFileSync(image, 'the new program');
      writeFileSync(join(home, 'shell', 'former-version'), `#!/bin/sh\necho "$@" > '${started}'\n`);
      writeFileSync(
        join(home, 'shell', 'shell.json'),
        JSON.stringify({ update: { from: '0.0.9', to: '0.1.0', put_back: false } }),
      );
      const release = join(folder, 'release.json');
      const updates = { url: 'http://127.0.0.1:9/', key: 'no key: nothing is offered' };
      writeFileSync(release, JSON.stringify({ version: '0.1.0', updates }));
      const config = join(folder, 'edge.yaml');
      writeFileSync(config, 'vault:\n  provider: pocket\n');
      const running = await launchShell({
        host,
        dataDir: join(folder, 'data'),
        home,
        args: ['--config', config, '--port', '0'],
        environment: { APPIMAGE: image, FIBRIC_EDGE_RELEASE: release },
      });
      shell = running;
      const page = await running.page();
      const back = page.getByRole('button', { name: 'Go back to 0.0.9…' });
      await back.waitFor();
      await page.screenshot({ path: join(import.meta.dirname, '..', '..', '.cache', 'shell-update-back.png') });
      expect((await running.notes()).filter(({ slot }) => slot === 'update')).toMatchObject([
        { title: 'The agent of version 0.1.0 does not start', silent: false },
      ]);
      await running.answerQuestions(1);
      const closed = running.app.waitForEvent('close');
      await back.click();
      await closed;
      await until('the version before was started', () => existsSync(started));
      expect(readFileSync(started, 'utf8')).toContain(`--config ${config}`);
      expect(readFileSync(image, 'utf8')).toContain('#!/bin/sh');
      expect(JSON.parse(readFileSync(join(home, 'shell', 'shell.json'), 'utf8'))).toMatchObject({
        update: { from: '0.1.0', to: '0.0.9', put_back: true },
        failed_versions: ['0.1.0'],
      });
    });
  });
}
