import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CdpConnection, connectCdp } from './cdp.ts';

/** The browser behind the windows. */
export interface Chromium {
  readonly cdp: CdpConnection;
  /** Asks it to end and waits for it; idempotent. */
  close(): Promise<void>;
}

const START_MS = 60_000;

/**
 * Waits for the host to end, however it does, then ends the browser and removes its profile: a host that is killed can
 * do neither.
 */
const janitor = `
read -r _
kill -TERM "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" = 50 ] && kill -KILL "$1" 2>/dev/null
  sleep 0.1
done
tries=0
until rm -rf "$2" || [ "$tries" = 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
`;

/** Starts Chromium without a window. What it writes goes to `onLine`, where the test's driver reads its address. */
export async function startChromium(onLine: (line: string) => void): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'electron-host-'));
  const temporary = join(profile, 'tmp');
  mkdirSync(temporary);
  const child = spawn(
    process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    [
      '--headless=new',
      '--no-startup-window',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      // As root there is no sandbox to be had; what this host proves is not the sandbox.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--disable-domain-reliability',
      '--disable-extensions',
      '--disable-sync',
      '--disable-breakpad',
      '--disable-crash-reporter',
      '--metrics-recording-only',
      '--password-store=basic',
      '--disable-dev-shm-usage',
      '--disable-back-forward-cache',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,OptimizationHints,MediaRouter,Translate',
      // Nothing of a test leaves this machine, whatever a page asks for.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
      '--no-proxy-server',
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        HOME: profile,
        TMPDIR: temporary,
        XDG_CONFIG_HOME: join(profile, 'config'),
        XDG_CACHE_HOME: join(profile, 'cache'),
      },
    },
  );
  const keeper = spawn('/bin/sh', ['-c', janitor, 'janitor', String(child.pid), profile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  keeper.unref();
  const ended = once(child, 'exit');
  const url = await readAddress(child, onLine, ended);
  const cdp = await connectCdp(url);
  let closing: Promise<void> | null = null;
  return {
    cdp,
    close() {
      closing ??= (async () => {
        cdp.send('Browser.close').catch(() => {});
        const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await ended;
        clearTimeout(late);
      })();
      return closing;
    },
  };
}

async function readAddress(
  child: ChildProcess,
  onLine: (line: string) => void,
  ended: Promise<unknown>,
): Promise<string> {
  const found = Promise.withResolvers<string>();
  let rest = '';
  child.stderr?.on('data', (chunk) => {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line);
      const address = /^DevTools listening on (ws:\/\/.*)$/.exec(line)?.[1];
      if (address !== undefined) found.resolve(address);
    }
  });
  void ended.then(() => found.reject(new Error('Chromium ended before it was ready.')));
  const late = setTimeout(() => found.reject(new Error('Chromium did not start in time.')), START_MS);
  return found.promise.finally(() => clearTimeout(late));
}
