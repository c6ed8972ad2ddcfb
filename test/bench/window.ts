import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright';
import { type AgentProcess, edge } from '../whole/support/agent-process.ts';
import { startFleet, startScales } from './fleet.ts';
import { disposable } from './start.ts';
import { round } from './statistics.ts';

const CONNECTORS = 200;
const READINGS_PER_SECOND = 50;
const WATCH_MS = 20_000;
const LONGEST_FRAME_MS = 50;

const translations = /^(de|es|zh)-/;

/**
 * All places of the window but the API page, gzipped: as one person loads them, with the largest translation beside English
 * (which stands in where a word is missing), and with all translations.
 */
function bundleKb(): { readonly bundleKb: number; readonly allLanguagesKb: number } {
  const assets = join(import.meta.dirname, '..', '..', 'dist', 'renderer', 'assets');
  const sizes = readdirSync(assets)
    .filter((name) => /\.(js|css)$/.test(name) && !name.startsWith('api-'))
    .map((name) => ({ name, kb: gzipSync(readFileSync(join(assets, name))).length / 1000 }));
  const all = sizes.reduce((sum, { kb }) => sum + kb, 0);
  const translated = sizes.filter(({ name }) => translations.test(name)).map(({ kb }) => kb);
  const unused = translated.reduce((sum, kb) => sum + kb, 0) - Math.max(0, ...translated);
  return { bundleKb: round(all - unused), allLanguagesKb: round(all) };
}

async function signedIn(browser: Browser, agent: AgentProcess): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const { stdout } = await edge(agent.dataDir, 'open', '--print', '--json');
  const { page_path } = JSON.parse(stdout) as { page_path: string };
  await page.goto(`file://${page_path}`);
  await page.waitForURL(`${agent.url}/`);
  await page.locator('li[data-connector]').first().waitFor({ timeout: 60_000 });
  return page;
}

/** Reads the scales in turn, so many a second, until `signal` aborts. */
async function readInTurn(agent: AgentProcess, ids: readonly string[], signal: AbortSignal): Promise<number> {
  let done = 0;
  const pending = new Set<Promise<unknown>>();
  for (let index = 0; !signal.aborted; index += 1) {
    const id = ids[index % ids.length];
    const call = agent.api
      .request('POST', `/v1/connectors/${id}/call`, { tool: 'weight.read', arguments: {} })
      .then(() => {
        done += 1;
      })
      .catch(() => {})
      .finally(() => pending.delete(call));
    pending.add(call);
    await new Promise((resolve) => setTimeout(resolve, 1000 / READINGS_PER_SECOND));
  }
  await Promise.all(pending);
  return done;
}

/**
 * The window with many connectors: what it weighs, when it first paints and has its list, and how long its frames are while
 * readings stream in. Aims: 300 kB gzipped, first paint under 1 s, no frame over 50 ms.
 */
export async function measureWindow(): Promise<object> {
  await using scales = await disposable(startScales(CONNECTORS));
  const config = scales.value.config.replace('max_ports: 64', 'max_ports: 256');
  const { agent, connectors } = await startFleet({ ...scales.value, config });
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const page = await signedIn(browser, agent);
    const paints: number[] = [];
    const lists: number[] = [];
    for (let load = 0; load < 5; load += 1) {
      await page.goto(`${agent.url}/`);
      await page
        .locator('li[data-connector]')
        .nth(connectors.length - 1)
        .waitFor({ state: 'attached' });
      lists.push(await page.evaluate('performance.now()'));
      paints.push(
        await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN"),
      );
    }
    await page.evaluate(`
      window.frames_ = []; window.tasks_ = [];
      new PerformanceObserver((list) => { for (const task of list.getEntries()) window.tasks_.push(task.duration); }).observe({ type: 'longtask' });
      let last = performance.now();
      const tick = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(tick); };
      requestAnimationFrame(tick);
    `);
    const enough = new AbortController();
    const reading = readInTurn(agent, connectors, enough.signal);
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    enough.abort();
    const readings = await reading;
    const frames: number[] = await page.evaluate('window.frames_.slice(5)');
    const tasks: number[] = await page.evaluate('window.tasks_');
    frames.sort((left, right) => left - right);
    const at = (share: number) => round(frames[Math.floor((frames.length - 1) * share)] ?? Number.NaN);
    const middle = (values: number[]) => round(values.sort((left, right) => left - right)[2] ?? Number.NaN);
    return {
      [`${connectors.length} connectors, ${READINGS_PER_SECOND} readings a second wanted`]: {
        ...bundleKb(),
        firstPaintMs: middle(paints),
        wholeListMs: middle(lists),
        readingsPerSecond: round((readings * 1000) / WATCH_MS),
        frames: frames.length,
        frameP50Ms: at(0.5),
        frameP99Ms: at(0.99),
        longestFrameMs: at(1),
        framesOver50Ms: frames.filter((frame) => frame > LONGEST_FRAME_MS).length,
        longTasks: tasks.length,
        longestTaskMs: round(Math.max(0, ...tasks)),
      },
    };
  } finally {
    await browser.close();
    await agent.stop();
  }
}
