import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Source } from '../../../drivers/kit/index.ts';
import { saasMagento } from '../../../drivers/saas-magento/index.ts';
import { createPermitAuthority, type DeviceSide } from '../../hardware/index.ts';
import { type ConnectorSide, createSourceSide } from '../../sources/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import { openVault, type Vault } from '../../vault/index.ts';
import { type ConnectorService, createConnectorService } from '../index.ts';
import type { Log } from '../log.ts';
import { carry, throughClone } from './cloning-boundary.ts';

/** A service over a real store, a real sealed file and real HTTP to loopback; there are no devices. */
export interface SourceBench {
  readonly dataDir: string;
  readonly store: Store;
  readonly service: ConnectorService;
  /** Every line that was logged, fields and all. */
  readonly log: string[];
  /** Names of what is in the vault, without what belongs to no connector. */
  entries(): string[];
  /** Changes of secrets that were begun and not finished. */
  unfinished(): number;
  /** Resolves when nothing of the start is left to do. */
  settled(): Promise<void>;
}

/** Where the run of an agent stops for good: before step `at` of those that touch vault or database for a secret. */
export interface Crash {
  readonly at: number;
  /** Called when it has. */
  readonly onCrash: () => void;
}

/** A data folder that several agents in turn may use. */
export interface SourceDisk {
  /** Starts an agent on it, which may have a crash before it. The one before is left as a crash leaves it. */
  start(options?: {
    readonly crash?: Crash;
    readonly sources?: readonly Source[];
    readonly wrapVault?: (vault: Vault) => Vault;
  }): Promise<SourceBench>;
  close(): Promise<void>;
}

/** Makes an empty one. */
export async function openSourceDisk(): Promise<SourceDisk> {
  const root = mkdtempSync(join(tmpdir(), 'fibric-sources-'));
  const store = await openStore({ dataDir: root });
  const services: ConnectorService[] = [];
  const vaults: Vault[] = [];
  return {
    async start({ crash, sources = [saasMagento], wrapVault } = {}) {
      const real = await openVault({
        provider: 'keyfile',
        keyfile: `${root}.key`,
        dataDir: root,
        installationId: 'in_test',
      });
      vaults.push(real);
      const steps = countSteps(crash ?? null);
      const counted: Vault = {
        ...real,
        set: (...given) => steps(() => real.set(...given)),
        delete: (...given) => steps(() => real.delete(...given)),
      };
      const vault = wrapVault?.(counted) ?? counted;
      const state: Store['state'] = {
        read: (...given) => store.state.read(...given),
        write: (statements) =>
          statements.some(({ sql }) => /secret/.test(sql))
            ? steps(() => store.state.write(statements))
            : store.state.write(statements),
      };
      const permits = createPermitAuthority();
      const log: string[] = [];
      const say = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`);
      const logger: Log = { info: say, warn: say, error: say };
      const side = createSourceSide({
        sources,
        earlyAccess: [
          { id: 'cn-shopify', title: 'Shopify', summary: '', category: 'commerce', auth: { type: 'oauth2' } },
        ],
        allowedTargets: ['127.0.0.1'],
        secrets: vault,
        permits,
      });
      const service = await createConnectorService({
        deviceSide: withoutDevices(side),
        store: { journal: store.journal, state, fault: () => null, close: async () => {} },
        vault,
        permits,
        installRules: [],
        log: logger,
      });
      services.push(service);
      const unfinished = () =>
        store.state.read(z.object({ n: z.int() }), 'SELECT count(*) AS n FROM secret_changes')[0]?.n ?? 0;
      return {
        dataDir: root,
        store,
        service,
        log,
        entries: () => entriesOf(root),
        unfinished,
        async settled() {
          for (const end = performance.now() + 5_000; unfinished() > 0; ) {
            if (performance.now() > end) throw new Error('changes of secrets stay unfinished');
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          // A commit is read before its writer was told of it: one that follows it ends later, and what waited has run by then.
          await store.state.write([], { mayForget: true });
          await new Promise((resolve) => setImmediate(resolve));
        },
      };
    },
    async close() {
      for (const service of services) await Promise.race([service.close(), new Promise((end) => setTimeout(end, 100))]);
      for (const vault of vaults) await vault.close();
      await store.close();
      rmSync(root, { recursive: true, force: true });
      rmSync(`${root}.key`, { force: true });
    },
  };
}

function countSteps(crash: Crash | null): <T>(step: () => Promise<T>) => Promise<T> {
  let next = 0;
  return (step) => {
    const at = next++;
    if (crash === null || at < crash.at) return step();
    if (at === crash.at) crash.onCrash();
    return new Promise(() => {});
  };
}

function entriesOf(dataDir: string): string[] {
  try {
    const file = z
      .object({ entries: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(readFileSync(join(dataDir, 'vault.sealed'), 'utf8')));
    return Object.keys(file.entries).filter((entry) => entry.startsWith('cn_'));
  } catch {
    return [];
  }
}

/** A side that has software sources alone, behind a boundary that only data crosses. */
function withoutDevices(side: ReturnType<typeof createSourceSide>): ConnectorSide {
  const refuse = () => Promise.reject(new Error('there are no devices here'));
  const none: Pick<
    DeviceSide,
    | 'start'
    | 'devices'
    | 'ensureUnit'
    | 'checkAddress'
    | 'addAddress'
    | 'removeAddress'
    | 'confirm'
    | 'identify'
    | 'identifyUnknown'
    | 'bind'
    | 'releaseOutputs'
  > = {
    start: async () => {},
    devices: async () => [],
    ensureUnit: refuse,
    checkAddress: refuse,
    addAddress: refuse,
    removeAddress: refuse,
    confirm: refuse,
    identify: refuse,
    identifyUnknown: refuse,
    bind: refuse,
    releaseOutputs: async () => {},
  };
  return {
    ...throughClone({ ...side, ...none }),
    bindSource: carry((request) => side.bindSource(request)),
    tryCredentials: carry((request) => side.tryCredentials(request)),
  };
}
