import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { connectSimulatorHost } from '../../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../../main/agent/demo/demo-simulators.ts';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './agent-process.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Whether there is a browser to test the window in. */
export const hasChromium = existsSync(executablePath);
/** A suite's name, with the reason when it is skipped. */
export const inChromium = (what: string): string =>
  hasChromium ? what : `${what} (skipped: chromium is not installed)`;

const axeSource = () => readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const pictures = join(import.meta.dirname, '..', '..', '..', 'test-results', 'window');

/** The themes there are. */
export const themes = ['light', 'dark', 'contrast-light', 'contrast-dark'] as const;
/** The languages there are. */
export const languages = ['en', 'de', 'es', 'zh'] as const;

/** How a page is to look and speak. */
export interface Look {
  readonly theme?: (typeof themes)[number];
  readonly language?: (typeof languages)[number];
  readonly density?: 'desk' | 'touch' | 'gloves';
}

/** A signed-in window on a demonstration of its own. */
export interface WindowBench {
  readonly dataDir: string;
  agent: AgentProcess;
  readonly browser: Browser;
  readonly page: Page;
  readonly host: Awaited<ReturnType<typeof connectSimulatorHost>>;
  /** Breaches of the page's own policy, errors in it, and requests that left this machine; to be empty. */
  readonly faults: readonly string[];
  edge(...args: readonly string[]): ReturnType<typeof edge>;
  /** Signs `page` in, as `fibric-edge open` does. */
  signIn(page?: Page): Promise<void>;
  /** Sets how the page looks from its next load on. */
  look(look: Look): Promise<void>;
  /** Opens an address of the window. */
  open(path: string): Promise<void>;
  /** What axe finds wrong: rule and elements. */
  axe(): Promise<readonly string[]>;
  /** Keeps a picture for a person to look at. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts an agent with the demonstration, and a browser that is signed in to its window. */
export async function openWindowBench(
  options: {
    readonly config?: string | ((pathOf: (name: string) => string) => string);
    readonly demo?: boolean;
    /** Simulated devices in place of the demonstration's. */
    readonly devices?: Parameters<typeof startDemoSimulators>[1];
  } = {},
): Promise<WindowBench> {
  const dataDir = makeDataDir();
  const faults: string[] = [];
  const demo = options.demo ?? options.devices === undefined;
  const simulators = options.devices === undefined ? null : await startDemoSimulators(dataDir, options.devices);
  const config =
    typeof options.config === 'function' ? options.config(demoFolder(dataDir).pathOf) : (options.config ?? null);
  const agent = await startAgent({
    dataDir,
    demo,
    ...(config === null ? {} : { config }),
  });
  const host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  watchFaults(page, faults);

  const bench: WindowBench = {
    dataDir,
    agent,
    browser,
    page,
    host,
    faults,
    edge: (...args) => edge(dataDir, ...args),
    async signIn(who = page) {
      const opened = await edge(dataDir, 'open', '--print', '--json');
      const { page_path } = JSON.parse(opened.stdout) as { page_path: string };
      await who.goto(`file://${page_path}`);
      await who.waitForURL((url) => url.protocol === 'http:' && url.pathname !== '/sign-in');
      await who.locator('main h1').waitFor();
    },
    async look({ theme = 'light', language = 'en', density = 'desk' }) {
      const display = JSON.stringify({ theme, density, motion: 'none', keys: 'on' });
      await page.evaluate(
        `localStorage.setItem('fibric-edge.display', ${JSON.stringify(display)}); localStorage.setItem('fibric-edge.language', '${language}')`,
      );
    },
    async open(path) {
      await page.goto(bench.agent.url + path);
      await page.locator('main h1').waitFor();
    },
    axe: () => runAxe(page),
    picture: (name) => takePicture(page, name),
    async close() {
      await browser.close();
      host.close();
      await bench.agent.stop();
      await simulators?.stop();
      removeDataDir(dataDir);
    },
  };
  return bench;
}

/** A browser that asks nobody for anything by itself. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Notes breaches of the page's own policy, errors in it, and requests that left this machine. */
export function watchFaults(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') faults.push(`request to ${hostname}`);
  });
}

/** What axe finds wrong on a page: rule and elements. */
export async function runAxe(page: Page): Promise<readonly string[]> {
  const client = await page.context().newCDPSession(page);
  await client.send('Runtime.evaluate', { expression: axeSource() });
  const { result } = await client.send('Runtime.evaluate', {
    expression:
      "axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', '))))",
    awaitPromise: true,
    returnByValue: true,
  });
  await client.detach();
  return JSON.parse(String(result.value));
}

/** Keeps a picture of a page for a person to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
