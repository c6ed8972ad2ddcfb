import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { AgentError } from '../drivers/kit/index.ts';
import { createHubRoutes, readVersion } from '../main/api/index.ts';
import type { PairedObject } from '../main/api/schemas/index.ts';
import { acquireDataFolder, createIdempotencyStore, openHubStore } from '../main/store/index.ts';
import { createAgentView } from './agents/agent-view.ts';
import { createProjections } from './agents/projections.ts';
import { type AgentRow, createAgentRegistry } from './agents/registry.ts';
import { openToldStore } from './agents/told-store.ts';
import { createAgentSide } from './backend/agent-side.ts';
import { createConnectorsBackend } from './backend/connectors-backend.ts';
import { createHubBackend } from './backend/hub-backend.ts';
import { createSealForAgent } from './backend/sealed-calls.ts';
import { createView } from './backend/view.ts';
import { type Clock, systemClock } from './clock.ts';
import { createEventsBackend, type EventStore, openEventStore } from './events/index.ts';
import { administratorOf, authenticateBearer, authenticateRequest } from './http/authenticate.ts';
import {
  type CertificateFiles,
  describeCertificate,
  keepCertificate,
  originOf,
  readCertificate,
} from './http/certificate.ts';
import { createAddressOf } from './http/client-address.ts';
import { openHubEndpoint } from './http/endpoint.ts';
import { createFairTurns, turnsOf } from './http/fair-turns.ts';
import { createPageSessions } from './http/page-sessions.ts';
import { isServedByHub } from './http/served-routes.ts';
import { type HubIdentity, readHubId } from './hub-identity.ts';
import { createAgentTokens } from './link/agent-tokens.ts';
import { createLinkServer } from './link/link-server.ts';
import { createAllConnectors } from './mcp/all/all-connectors.ts';
import { createSlugs } from './mcp/all/slugs.ts';
import { createMcpRelay } from './mcp/mcp-relay.ts';
import { hubBulk, hubMigrations } from './migrations.table.ts';
import { createOperators } from './operators/operators.ts';
import { createUsage } from './operators/usage.ts';
import { createEnrolments } from './pairing/enrolments.ts';
import { createPairings } from './pairing/pairings.ts';
import { createWrongTries } from './pairing/wrong-tries.ts';
import { keyOf, placeOf } from './partition.ts';
import { createKeys } from './tenants/keys.ts';
import { createTenants } from './tenants/tenants.ts';

/** How long events, and with them their keys, are kept. */
const KEEP_EVENTS_HOURS = 24 * 90;
const TIDY_EVERY_MS = 3_600_000;

/** How a hub is started. */
export interface HubOptions {
  readonly dataDir: string;
  /** The address it listens at. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The address that agents and programs use; null: the one it listens at. */
  readonly origin: string | null;
  /** What it speaks TLS with, on the same port; null: it speaks HTTP. */
  readonly tls: CertificateFiles | null;
  /** Addresses and networks of proxies that say whose requests they pass on; as of {@link createAddressOf}. */
  readonly trustedProxies: readonly string[];
  /** For people. */
  readonly name: string;
  readonly heartbeatMs: number;
  /** Requests per minute of a key to a class of routes. */
  readonly rateLimitPerMinute: number;
  /** Leaves standard error to errors. */
  readonly quiet: boolean;
}

/** A hub that runs in this process. */
export interface Hub {
  /** Where it listens. */
  readonly url: string;
  /** What agents know it by. */
  readonly origin: string;
  readonly dataDir: string;
  /** Reads the certificate's files again, at once; an unusable pair is logged and the last one stays. */
  reloadCertificate(): void;
  /** Ends everything in the reverse order of its start; idempotent. */
  close(): Promise<void>;
}

/** Starts a hub; resolves when everything answers. Rejects with `already_running`, `store_unavailable`, `invalid_configuration`, `invalid_parameter`. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const closers: (() => void | Promise<void>)[] = [];
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      for (const closer of closers.reverse()) await closer();
    })();
    return closing;
  };
  try {
    const addressOf = createAddressOf(options.trustedProxies);
    const certificate = options.tls === null ? null : readCertificate(options.tls);
    const { dataDir, runDir, release } = await acquireDataFolder(options.dataDir);
    closers.push(release);
    const log = openLog(options.quiet);
    const store = await openHubStore({ dataDir, log, migrations: hubMigrations, unchecked: hubBulk });
    closers.push(() => store.close());
    const { database } = store;
    const clock = systemClock;
    let identity: HubIdentity = { id: await readHubId(database), name: options.name, origin: options.origin ?? '' };

    const tenants = createTenants(database, clock);
    const keys = createKeys(database, clock);
    const agents = createAgentRegistry(database, clock);
    closers.push(() => agents.close());
    const told = await openToldStore(database, clock, (error) =>
      log.error({ err: error }, 'what agents told was not stored'),
    );
    closers.push(() => told.close());
    const projections = createProjections(told);
    const tokens = createAgentTokens(agents, clock);
    const paired = (row: AgentRow): PairedObject => ({
      object: 'paired_agent',
      agent: { id: row.id, name: row.name },
      tenant: { id: row.tenant_id, name: tenants.get(row.tenant_id).name, mode: row.mode },
      hub: identity,
      grants: row.grants,
    });
    const links = createLinkServer({
      agents,
      projections,
      tokens,
      identity: () => identity,
      tenantName: (id) => tenants.get(id).name,
      heartbeatMs: options.heartbeatMs,
      mayUninstall: (agent, connectorId) => usage.letGoAt(agent, connectorId),
      clock,
    });
    const view = createView({ agents, projections, links });
    const operators = createOperators(database, clock);
    const usage = createUsage({ operators, view, projections, clock });
    const agentView = createAgentView({ agents, projections, links, clock });
    const sessions = createPageSessions(clock);
    closers.push(() => sessions.close());
    const shared = { database, agents, paired, clock, identity: () => identity };
    const hub = createHubBackend({
      tenants,
      keys,
      agents,
      agentView,
      view,
      links,
      pageSessions: sessions,
      identity: () => identity,
      pairings: createPairings({
        ...shared,
        tries: createWrongTries(clock, { knowsProxies: options.trustedProxies.length > 0 }),
      }),
      enrolments: createEnrolments(shared),
    });
    const turns = createFairTurns();
    const events = openEventStore({
      database,
      retention: { keepHours: KEEP_EVENTS_HOURS },
      // What is stored is answered, however many wait.
      turn: (place) => turns.take(keyOf(place)).catch(() => {}),
      now: () => clock.now(),
    });
    closers.push(keepTidy(events, clock, log));
    const hmacKey = readHmacKey(dataDir);
    const agentSide = createAgentSide(links);
    const mcpFault = (error: unknown) => log.error({ err: error }, 'MCP could not be relayed');
    const allConnectors = createAllConnectors({
      view,
      projections,
      agents,
      links,
      agentSide,
      slugs: createSlugs(database),
      version: readVersion(),
      onFault: mcpFault,
    });
    closers.push(() => allConnectors.close());
    const endpoint = await openHubEndpoint({
      api: {
        backend: createConnectorsBackend({
          view,
          agentView,
          projections,
          agentSide,
          clock,
          seal: createSealForAgent(links),
          operators,
          usage,
        }),
        events: createEventsBackend(events, (principal) => ({
          ...placeOf(principal),
          workspaceId: null,
          resellerId: null,
        })),
        addressOf,
        turn: (principal) => turns.take(turnsOf(principal)),
        idempotency: createIdempotencyStore(database),
        hmacKey: async () => hmacKey,
        rateLimitPerMinute: options.rateLimitPerMinute,
        onFault: (error, requestId) => log.error({ err: error, requestId }, 'a request failed by a fault of ours'),
        routes: { serves: isServedByHub, more: createHubRoutes(hub) },
      },
      authenticate: (request) => authenticateRequest(request, { keys, tokens, sessions, origin: identity.origin }),
      authenticateBearer: (request) => authenticateBearer(request, { keys, tokens }),
      administrator: (request) => administratorOf(request, tenants),
      page: {
        sessions,
        keyHolder: (secret) => keys.authenticate(secret),
        identity: () => identity,
        tenantName: (id) => tenants.get(id).name,
      },
      relayMcp: createMcpRelay({
        origin: () => identity.origin,
        allConnectors,
        view,
        links,
        secret: hmacKey,
        turns,
        clock,
        onFault: mcpFault,
      }),
      links,
      host: options.host,
      port: options.port,
      socketPath: join(runDir, 'hub.sock'),
      certificate,
    });
    identity = { ...identity, origin: options.origin ?? originOf(endpoint.url, certificate) };
    closers.push(() => endpoint.close());
    closers.push(() => links.close());
    const kept =
      options.tls === null || certificate === null
        ? null
        : keepCertificate(options.tls, certificate, {
            onRenewed(pair) {
              endpoint.renewCertificate(pair);
              log.info(`the certificate was renewed: ${describeCertificate(pair)}`);
            },
            onFault: (error) =>
              log.error({ err: error }, 'the certificate was not renewed; the one before stays in use'),
          });
    closers.push(() => kept?.close());
    if (isBehindNamelessProxy(options)) log.warn(namelessProxy);
    log.info(`ready at ${endpoint.url} as ${identity.origin}`);
    return { url: endpoint.url, origin: identity.origin, dataDir, reloadCertificate: () => kept?.reload(), close };
  } catch (error) {
    await close();
    throw AgentError.from(error);
  }
}

/** Whether something that ends TLS has to stand before the hub, and was not named. */
function isBehindNamelessProxy({ origin, tls, trustedProxies }: HubOptions): boolean {
  return origin?.startsWith('https:') === true && tls === null && trustedProxies.length === 0;
}

const namelessProxy =
  'TLS ends before this hub, at a proxy that it was not told of: what is limited by address is limited for all together. Name it: --trusted-proxy ADDRESS';

/** Deletes old events now and then; returns what ends that. */
function keepTidy(events: Pick<EventStore, 'tidy'>, clock: Clock, log: Logger): () => void {
  let stop = () => {};
  const tidy = () => {
    events.tidy().catch((error: unknown) => log.error({ err: error }, 'old events were not deleted'));
    stop = clock.after(TIDY_EVERY_MS, tidy);
  };
  stop = clock.after(0, tidy);
  return () => stop();
}

function openLog(quiet: boolean): Logger {
  return pino(
    { level: quiet ? 'error' : 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** The key under which bodies with secrets in them are hashed; beside the database, for its owner alone. */
function readHmacKey(dataDir: string): Buffer {
  const path = join(dataDir, 'hub.key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return Buffer.from(readFileSync(path, 'utf8'), 'base64');
}
