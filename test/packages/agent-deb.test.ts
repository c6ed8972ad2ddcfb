import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTarball } from '../../packaging/agent/build-tarball.ts';
import { buildDeb } from '../../packaging/debian/build-deb.ts';
import { bootTestRoot, type TestRoot, whyNoTestRoot } from './test-root.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const out = mkdtempSync(join(tmpdir(), 'fibric-packages-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const target = { platform: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' } as const;
const reason = whyNoTestRoot();
if (reason !== null) console.warn(`The agent's package is not installed in a test root here: ${reason}.`);

describe.skipIf(reason !== null)(
  `the agent's Debian package on a machine of its own${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let machine: TestRoot;
    let deb: string;
    const answers = () => machine.until('fibric-edge doctor', /Journal: Whole/);
    const show = (property: string) => machine.must(`systemctl show fibric-edge -p ${property} --value`).trim();

    beforeAll(async () => {
      const file = buildDeb(root, out, target, { level: 1 });
      machine = await bootTestRoot();
      deb = machine.put(file, 'fibric-edge.deb');
    });
    afterAll(async () => machine?.close());

    it('installs a service that runs as its own user, answers, and has its secrets encrypted', async () => {
      machine.must(`apt-get install -y --reinstall ${deb}`);
      const doctor = await answers();
      expect(doctor).toMatch(/ok +Secrets: Kept in: encrypted/);
      expect([show('ActiveState'), show('User'), show('UnitFileState')]).toEqual(['active', 'fibric-edge', 'enabled']);
      expect(machine.must('stat -c "%U %a" /var/lib/fibric-edge /var/lib/fibric-edge/journal.db')).toBe(
        'fibric-edge 700\nfibric-edge 600\n',
      );
      expect(machine.must('systemd-analyze verify fibric-edge.service')).toBe('');
      expect(machine.must('cat /usr/lib/udev/rules.d/60-fibric-edge.rules')).toContain('GROUP="fibric-edge"');
    });

    it('is for members of its group, and tells others that they have no right', () => {
      machine.must('adduser --quiet --disabled-password --gecos "" ada && adduser --quiet ada fibric-edge');
      machine.must('adduser --quiet --disabled-password --gecos "" eve');
      expect(
        machine.must("su ada -c 'fibric-edge tokens create --name till --scopes connectors:read --json'"),
      ).toContain('"token"');
      const refused = machine.run("su eve -c 'fibric-edge tokens list'");
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/group|permission|right/i);
      expect(refused.output).not.toContain('till');
    });

    it('comes back by itself when it is killed, and keeps what it had', async () => {
      const before = show('MainPID');
      machine.must(`kill -9 ${before}`);
      await machine.until(
        'systemctl show fibric-edge -p MainPID -p ActiveState',
        new RegExp(`MainPID=(?!0$|${before}$)`, 'm'),
      );
      await answers();
      expect(machine.must('fibric-edge tokens list')).toContain('till');
    });

    it('keeps data and configuration over an upgrade, and is restarted once', async () => {
      machine.must("printf 'log_level: debug\\n' >> /etc/fibric-edge/config.yaml");
      const before = show('MainPID');
      machine.must(`apt-get install -y --reinstall ${deb}`);
      await answers();
      expect(show('MainPID')).not.toBe(before);
      expect(machine.must('fibric-edge tokens list')).toContain('till');
      expect(machine.must('cat /etc/fibric-edge/config.yaml')).toContain('log_level: debug');
      expect(machine.must('fibric-edge doctor')).toMatch(/ok +Secrets/);
    });

    it('is not updated while an action waits for a person, says which, and is when it is over', async () => {
      machine.must(
        'systemd-run --quiet --unit=printer /usr/lib/fibric-edge/node_modules/node-linux-*/bin/node -e "net.createServer((s) => s.resume()).listen(9100)"',
      );
      machine.must(
        "printf 'paths:\\n  - path: tcp://127.0.0.1:9100\\n    declared: { manufacturer: EPSON, product: TM-m30 receipt printer }\\n' >> /etc/fibric-edge/config.yaml && systemctl restart fibric-edge",
      );
      await answers();
      const [device] = JSON.parse(machine.must('fibric-edge devices --json'));
      machine.must(`fibric-edge install cn-printer-escpos --name till --device ${device.id}`);
      machine.must('fibric-edge connectors set till policy.drawer.open=confirm');
      machine.must('systemd-run --quiet --unit=opener fibric-edge call till drawer.open');
      await machine.until('fibric-edge journal open; fibric-edge journal list', /awaiting_approval/);
      const before = show('MainPID');
      const refused = machine.run(`FIBRIC_EDGE_UPDATE_WAIT=1 apt-get install -y --reinstall ${deb}`);
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/not updated now[\s\S]*drawer/i);
      expect(show('MainPID')).toBe(before);
      expect(machine.must('dpkg -s fibric-edge')).toContain('Status: install ok installed');
      const [approval] = JSON.parse(machine.must('fibric-edge approvals --json'));
      machine.must(`fibric-edge approvals deny ${approval.id}`);
      expect(machine.must('fibric-edge journal open')).toContain('Nothing is open.');
      machine.must(`apt-get install -y --reinstall ${deb}`);
      await answers();
      machine.must('fibric-edge connectors remove till --yes');
    });

    it('says that its agent does not come up after an update, and how to go back', () => {
      // The next package, whose agent can't start.
      machine.must(
        `dpkg-deb -R ${deb} /root/broken && rm /root/broken/usr/lib/fibric-edge/dist/main/agent/run.js && sed -i 's/^Version: .*/Version: 9.9.9/' /root/broken/DEBIAN/control && sed -i 's/-lt 60/-lt 3/' /root/broken/DEBIAN/postinst && dpkg-deb --build -Znone /root/broken /root/broken.deb && rm -r /root/broken`,
      );
      const failed = machine.run('apt-get install -y /root/broken.deb');
      expect(failed.code).not.toBe(0);
      expect(failed.output).toContain('its agent does not answer');
      expect(failed.output).toMatch(/To go back: +apt-get install --allow-downgrades fibric-edge=0\.1\.0/);
      machine.must(`apt-get install -y --allow-downgrades ${deb}`);
      expect(machine.must('dpkg -s fibric-edge')).toMatch(/^Status: install ok installed$[\s\S]*^Version: 0\.1\.0$/m);
    });

    it('is gone when it is removed, but for its data, which it has again when it comes back', async () => {
      machine.must('apt-get remove -y fibric-edge');
      expect(machine.run('systemctl is-active fibric-edge').output.trim()).not.toBe('active');
      expect(machine.run('ls /usr/lib/fibric-edge /usr/bin/fibric-edge').code).not.toBe(0);
      expect(machine.must('ls /var/lib/fibric-edge')).toContain('journal.db');
      machine.must(`apt-get install -y --reinstall ${deb}`);
      await answers();
      expect(machine.must('fibric-edge tokens list')).toContain('till');
      expect(machine.must('fibric-edge doctor')).toMatch(/ok +Secrets/);
    });

    it('leaves nothing behind when it is purged', () => {
      machine.must('deluser --quiet ada fibric-edge && apt-get purge -y fibric-edge');
      expect(
        machine.run(
          'ls -d /var/lib/fibric-edge /etc/fibric-edge /run/fibric-edge /etc/systemd/system/*fibric* /usr/lib/udev/rules.d/*fibric*',
        ).output,
      ).not.toMatch(/^\//m);
      expect(machine.run('getent passwd fibric-edge; getent group fibric-edge').output).toBe('');
      expect(machine.run('pgrep -f [f]ibric-edge.mjs').output).toBe('');
    });

    it('takes a key file, and says what that is, where systemd can seal no credential', async () => {
      machine.must('mv /usr/bin/systemd-creds /usr/bin/systemd-creds.away');
      machine.must(`apt-get install -y --reinstall ${deb}`);
      expect(await answers()).toMatch(/Secrets: Kept in: file permissions, not encryption/);
      expect(machine.must('stat -c "%U %a" /etc/fibric-edge/vault.key')).toBe('fibric-edge 600\n');
    });
  },
);

it.runIf(process.platform === 'linux')("the agent's archive runs from wherever it is unpacked, through a link", () => {
  const archive = buildTarball(root, out, target);
  execFileSync('tar', ['-xzf', archive, '-C', out]);
  const program = join(out, `fibric-edge-0.1.0-linux-${target.arch}`, 'fibric-edge');
  const link = join(out, 'edge');
  execFileSync('ln', ['-s', program, link]);
  const bare = { PATH: '/usr/bin:/bin' };
  expect(execFileSync(link, ['--version'], { env: bare, encoding: 'utf8' }).trim()).toBe('0.1.0');
  expect(execFileSync(link, ['config', '--help'], { env: bare, encoding: 'utf8' })).toContain(
    'check a configuration file',
  );
});
