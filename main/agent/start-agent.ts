import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { drivers, earlyAccessListings, sources } from '../../drivers/index.ts';
import { AgentError } from '../../drivers/kit/index.ts';
import {
  createApprovalPin,
  createKioskPin,
  createTokens,
  createWindowSessions,
  removeLeftSignInPages,
} from '../access/index.ts';
import {
  createCloud,
  createSend,
  createWayOut,
  feedHub,
  startCloudEvents,
  startFibricCloud,
  walkTo,
} from '../cloud/index.ts';
import type { Config } from '../config/index.ts';
import { type ConnectorService, createConnectorService, systemClock } from '../connectors/index.ts';
import { createDeviceSide, createPermitAuthority, type DeviceSideOptions } from '../hardware/index.ts';
import { createSourceSide } from '../sources/index.ts';
import { acquireDataFolder, createIdempotencyStore, openStore, readEpoch, readInstallationId } from '../store/index.ts';
import { openVault, type Vault } from '../vault/index.ts';
import { createAgentBackend } from './backend/agent-backend.ts';
import { cloudOrigin } from './backend/network-backend.ts';
import { createDeviceMemory } from './device-memory.ts';
import { openEndpoint } from './http/endpoint.ts';
import { joinSides } from './join-sides.ts';
import { openLog } from './log.ts';
import { createMachine } from './machine.ts';
import type { AgentOrigin } from './settings.ts';

/** The vault entry under which bodies that carry a secret are hashed. */
const HMAC_ENTRY = 'api/idempotency-hmac';

/** How an agent is started. */
export interface AgentOptions {
  readonly dataDir: string;
  /** Of a service: a runtime folder that its group may enter, for the socket and the sign-in pages. Default: none. */
  readonly groupRunDir?: string | null;
  readonly config: Config;
  readonly version: string;
  /** Default: without a configuration file or a command line. */
  readonly origin?: AgentOrigin;
  /** Leaves standard error to errors. */
  readonly quiet: boolean;
  /** Another machine's devices than this one's; in tests and benchmarks. */
  readonly machine?: DeviceSideOptions['machine'];
}

/** An agent that runs in this process. */
export interface Agent {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly dataDir: string;
  readonly service: ConnectorService;
  /** Ends everything in the reverse order of its start; idempotent. */
  close(): Promise<void>;
}

/** Starts an agent; resolves when everything answers. Rejects with `already_running`, `store_unavailable`, `invalid_configuration`. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { config, version, quiet, groupRunDir = null, origin = { configFile: null, launcher: null } } = options;
  const closers: (() => void | Promise<void>)[] = [];
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      for (const closer of closers.reverse()) await closer();
    })();
    return closing;
  };

  try {
    const { dataDir, runDir, release } = await acquireDataFolder(options.dataDir, { groupRunDir });
    closers.push(release);
    const log = openLog(dataDir, config.log_level, quiet);
    closers.push(() => log.close());
    const say = (line: string) => log.logger.info(line);
    await removeLeftSignInPages(runDir);

    const store = await openStore({ dataDir, log: log.logger });
    closers.push(() => store.close());
    const installationId = readInstallationId(store.state);
    const vault = await openVault({
      provider: config.vault.provider,
      keyfile: config.vault.keyfile,
      dataDir,
      installationId,
    });
    closers.push(() => vault.close());

    const permits = createPermitAuthority();
    const deviceSide = createDeviceSide({
      drivers,
      paths: config.paths,
      discover: config.discover,
      memory: createDeviceMemory(store.state),
      permits,
      maxPorts: config.max_ports,
      log: say,
      ...(options.machine === undefined ? {} : { machine: options.machine }),
    });
    closers.push(() => deviceSide.close());
    const sourceSide = createSourceSide({
      sources,
      earlyAccess: earlyAccessListings,
      allowedTargets: config.allowed_targets,
      secrets: vault,
      permits,
      log: say,
    });
    closers.push(() => sourceSide.close());
    await deviceSide.start();
    const service = await createConnectorService({
      deviceSide: joinSides(deviceSide, sourceSide),
      store,
      vault,
      permits,
      installRules: config.install_rules,
      log: log.logger,
      history: config.reading_history,
      streams: config.streams,
      healthHistory: config.health_history,
      wireLog: config.wire_log,
      approvalCountdownMs: config.approvals.countdown_s * 1_000,
    });
    closers.push(() => service.close());

    const wayOut = createWayOut({
      config: config.cloud,
      environment: process.env,
      state: store.state,
      vault,
      clock: systemClock,
    });
    closers.push(() => wayOut.close());
    const send = createSend(wayOut);
    const cloudEvents = await startCloudEvents({
      service,
      state: store.state,
      epoch: readEpoch(store.journal).id,
      config: config.cloud,
      agentName: hostname(),
      log: log.logger,
    });
    closers.push(() => cloudEvents.close());
    const fibric = await startFibricCloud({
      service,
      events: cloudEvents,
      state: store.state,
      vault,
      agentId: installationId,
      config: config.cloud.fibric,
      inUse: config.cloud.provider === 'fibric',
      clock: systemClock,
      log: log.logger,
      send,
      onWayChange: wayOut.onChange,
    });
    closers.push(() => fibric.close());

    const tokens = createTokens({ state: store.state });
    closers.push(() => tokens.close());
    const windows = createWindowSessions();
    closers.push(() => windows.close());
    let url = '';
    const machine = createMachine({
      service,
      store,
      vault,
      config,
      dataDir,
      runDir,
      forGroup: groupRunDir !== null,
      log,
      windows,
      version,
      url: () => url,
      origin,
      async walkToCloud(signal) {
        const to = cloudOrigin(cloud.status(), fibric.status());
        return to === null ? null : walkTo(wayOut, to, signal);
      },
    });
    const cloud = createCloud({
      state: store.state,
      vault,
      wayOut,
      version,
      machineName: hostname(),
      usesHub: config.cloud.provider === 'hub',
      log: log.logger,
    });
    closers.push(() => cloud.close());
    if (config.cloud.provider === 'hub') closers.push(feedHub(cloud, cloudEvents, send));
    const backend = createAgentBackend({
      service,
      tokens,
      pin: createApprovalPin({ state: store.state }),
      kioskPin: createKioskPin({ vault, state: store.state }),
      installation: { installationId, version },
      machine,
      cloudEvents,
      fibric,
      cloud,
      wayOut,
    });
    const idempotency = createIdempotencyStore(store.state);
    const endpoint = await openEndpoint({
      service,
      tokens,
      windows,
      api: {
        backend,
        idempotency,
        hmacKey: () => hmacKey(vault),
        rateLimitPerMinute: config.rate_limit_per_minute,
        onFault: (error, requestId) =>
          log.logger.error({ err: error, requestId }, 'a request failed by a fault of ours'),
      },
      version,
      port: config.port,
      socketPath: join(runDir, 'agent.sock'),
      forGroup: groupRunDir !== null,
    });
    url = endpoint.url;
    closers.push(() => endpoint.close());
    await service.applyInstallRules();
    cloud.start({ backend, relayMcp: endpoint.relayMcp, idempotency, hmacKey: () => hmacKey(vault) });
    say(`ready at ${url}`);
    return { url, dataDir, service, close };
  } catch (error) {
    await close();
    throw AgentError.from(error);
  }
}

/** The key that hashes request bodies with secrets in them; made once, kept in the vault. */
async function hmacKey(vault: Vault): Promise<Buffer> {
  const kept = await vault.get(HMAC_ENTRY);
  if (kept !== null) return Buffer.from(kept, 'base64');
  const made = randomBytes(32);
  await vault.set(HMAC_ENTRY, made.toString('base64'));
  return made;
}
