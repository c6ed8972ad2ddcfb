import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What a process of the agent's user did with the vault. */
const answersSchema = z.array(
  z.union([z.object({ value: z.string().nullable() }), z.object({ code: z.string(), hint: z.string().optional() })]),
);

/** One call of the vault: its name and its arguments. */
export type VaultCall = readonly [method: 'get' | 'set' | 'delete' | 'check', ...args: string[]];

/** A message bus and a home of their own, on which gnome-keyring can be started unlocked or locked. */
export interface SecretServiceBench {
  unlock(): Promise<void>;
  /** Starts the service without giving it the password. */
  lock(): Promise<void>;
  /** Ends the service as a crash does; resolves when it is gone. */
  kill(): Promise<void>;
  /** Opens the keychain vault in a process of its own on this bus and makes the calls in turn. */
  run(calls: readonly VaultCall[], options?: { readonly noBus?: boolean }): Promise<z.output<typeof answersSchema>>;
  /** For a process that is to use this bus. */
  readonly environment: Readonly<Record<string, string>>;
  /** The accounts of everything the agent keeps there, as another client sees them. */
  accounts(): Promise<string[]>;
  /** What another client of the Secret Service finds, `secret-tool`. */
  lookup(account: string): Promise<string>;
  close(): Promise<void>;
}

/** A session bus that starts no service by itself: a service that was ended stays away until it is started. */
const BUS_CONFIG = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** Starts the bench; nothing of the user's own keyring is touched. */
export async function startSecretServiceBench(): Promise<SecretServiceBench> {
  const home = mkdtempSync(join(tmpdir(), 'fibric-keyring-'));
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: join(home, 'run'),
  };
  for (const name of ['data', 'config', 'cache', 'run']) mkdirSync(join(home, name), { mode: 0o700 });
  const busConfig = join(home, 'bus.conf');
  writeFileSync(busConfig, BUS_CONFIG);
  const bus = spawn('dbus-daemon', [`--config-file=${busConfig}`, '--nofork', '--print-address=1'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [address] = z.tuple([z.string()]).parse(await once(createInterface({ input: bus.stdout }), 'line'));
  const onBus: NodeJS.ProcessEnv = { ...environment, DBUS_SESSION_BUS_ADDRESS: address };
  let keyring: ChildProcess | null = null;

  const endKeyring = async (): Promise<void> => {
    const ending = keyring;
    keyring = null;
    if (ending !== null) await end(ending);
  };

  const startKeyring = async (flags: readonly string[], password: string): Promise<void> => {
    await endKeyring();
    const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...flags], {
      env: onBus,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    keyring = daemon;
    daemon.stdin.end(password);
    await nameOwned(onBus, 'org.freedesktop.secrets');
  };

  return {
    unlock: () => startKeyring(['--unlock'], 'bench password'),
    lock: () => startKeyring([], ''),
    async kill() {
      const ending = keyring;
      keyring = null;
      if (ending !== null) await end(ending, 'SIGKILL');
    },
    async run(calls, { noBus = false } = {}) {
      const script = fileURLToPath(new URL('./run-vault-calls.ts', import.meta.url));
      const output = await capture(process.execPath, [script, JSON.stringify(calls)], noBus ? environment : onBus);
      return answersSchema.parse(JSON.parse(output));
    },
    environment: Object.fromEntries(
      Object.entries(onBus).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    async accounts() {
      const found = await captureAll('secret-tool', ['search', '--all', 'service', 'fibric-edge'], onBus);
      return [...found.matchAll(/^attribute\.username = (.*)$/gm)].map(([, account = '']) => account);
    },
    lookup: (account) => capture('secret-tool', ['lookup', 'service', 'fibric-edge', 'username', account], onBus),
    async close() {
      await endKeyring();
      await end(bus);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resolves when a service has taken its name on the bus. */
async function nameOwned(environment: NodeJS.ProcessEnv, name: string): Promise<void> {
  await capture('gdbus', ['wait', '--session', '--timeout', '10', name], environment);
}

async function capture(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  await once(child, 'close');
  return Buffer.concat(parts).toString('utf8');
}

/** Both outputs: secret-tool puts attributes on standard error. */
async function captureAll(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
  await once(child, 'close');
  return Buffer.concat(parts).toString('utf8');
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
