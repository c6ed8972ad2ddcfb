import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A Debian machine of the test's own: this one's files, a systemd of its own, and no way out of it. */
export interface TestRoot {
  /** Runs a shell command in it as root; the exit code and all it printed. */
  run(command: string): { readonly code: number; readonly output: string };
  /** As {@link TestRoot.run}, but throws with the output unless it succeeded. */
  must(command: string): string;
  /** Tries a command until its output matches; throws with the last output after half a minute. */
  until(command: string, expected: RegExp): Promise<string>;
  /** Puts a file of this machine into its `/root`. */
  put(file: string, name: string): string;
  /** Ends every process in it; nothing of it stays. */
  close(): Promise<void>;
}

/** Why there can be no test root here; null when there can. */
export function whyNoTestRoot(): string | null {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root';
  if (!existsSync('/lib/systemd/systemd') || !existsSync('/etc/debian_version')) return 'it needs Debian with systemd';
  const tried = spawnSync('unshare', [
    '--mount',
    '--pid',
    '--net',
    '--cgroup',
    '--fork',
    'mount',
    '-t',
    'tmpfs',
    'x',
    '/mnt',
  ]);
  return tried.status === 0 ? null : `namespaces with mounts of one's own are refused: ${tried.stderr}`.trim();
}

/** Boots one; resolves when its systemd takes orders. */
export async function bootTestRoot(): Promise<TestRoot> {
  const folder = mkdtempSync(join(tmpdir(), 'fibric-root-'));
  const boot = fileURLToPath(new URL('./boot-root.sh', import.meta.url));
  const namespaces = ['--mount', '--pid', '--net', '--cgroup', '--uts', '--ipc', '--fork', '--kill-child'];
  const holder = spawn('unshare', [...namespaces, 'sh', boot, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  for (const stream of [holder.stdout, holder.stderr]) stream.on('data', (text) => (complaint += text));
  const ended = once(holder, 'exit');
  const enter = (command: string): string[] => {
    if (holder.exitCode !== null) throw new Error(`the test root has ended: ${complaint}`);
    // The first process of the namespaces; before it exists, and before it has its root, the command fails.
    const [pid] = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim().split(' ');
    return ['-t', pid || '0', '-m', '-p', '-n', '-C', '-u', '-i', '--root', '--wd', 'sh', '-c', command];
  };
  const run: TestRoot['run'] = (command) => {
    const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stdout, stderr } = spawnSync('nsenter', enter(command), { env: environment, encoding: 'utf8' });
    return { code: status ?? -1, output: `${stdout}${stderr}` };
  };
  const until: TestRoot['until'] = async (command, expected) => {
    for (let tries = 0; ; tries += 1) {
      const { output } = run(command);
      if (expected.test(output)) return output;
      if (tries > 150) throw new Error(`${command}: ${expected} was expected, this was seen:\n${output}`);
      await pause(200);
    }
  };
  const root: TestRoot = {
    run,
    must(command) {
      const { code, output } = run(command);
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
      return output;
    },
    until,
    put(file, name) {
      execFileSync('nsenter', enter(`cat > /root/${name}`), { input: readFileSync(file) });
      return `/root/${name}`;
    },
    async close() {
      holder.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await until('systemctl is-system-running', /running|degraded/);
  } catch (error) {
    await root.close();
    throw error;
  }
  return root;
}
