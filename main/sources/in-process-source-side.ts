import { AgentError, type EarlyAccessListing, type JsonObject, type Source } from '../../drivers/kit/index.ts';
import {
  type BindingState,
  createCalls,
  createEventFan,
  createReadSharing,
  createTurns,
  createWireTaps,
  type DeviceEvent,
  describeTool,
  drawPreview,
  noWireTap,
  type PermitAuthority,
  systemClock,
} from '../hardware/index.ts';
import type { Vault } from '../vault/index.ts';
import { type BoundSource, createBoundSource } from './bound-source.ts';
import { type ConnectOptions, systemResolve } from './connect.ts';
import { authorizationOf, type Credentials, credentialsSchema } from './credentials.ts';
import { createHttpTransport, type HttpTransport } from './http-transport.ts';
import { createSourceCatalogue } from './source-catalogue.ts';
import type { SourceBinding, SourceSide } from './source-side.ts';
import { readTarget } from './target.ts';

export interface SourceSideOptions {
  readonly sources: readonly Source[];
  readonly earlyAccess: readonly EarlyAccessListing[];
  /** Hosts (`host` or `host:port`) that a person's configuration names: they may be on this machine or its network. */
  readonly allowedTargets: readonly string[];
  /** Where secrets rest; only read. */
  readonly secrets: Pick<Vault, 'get'>;
  /** The redeeming end; the journal has the other. */
  readonly permits: Pick<PermitAuthority, 'redeem'>;
  readonly connect?: Partial<ConnectOptions>;
  readonly log?: (line: string) => void;
}

/** How long a side effect that is on its way may still take when its connector is removed or the agent stops. */
const ACT_PATIENCE_MS = 5_000;

/** The software sources in this process. */
export function createSourceSide(options: SourceSideOptions): SourceSide {
  const { sources, earlyAccess, allowedTargets, secrets, permits, log = () => {} } = options;
  const clock = systemClock;
  const connect: ConnectOptions = { resolve: systemResolve, ...options.connect };
  const catalogue = createSourceCatalogue(sources, earlyAccess, allowedTargets);
  const events = createEventFan<DeviceEvent>((error) => log(`A listener failed: ${AgentError.from(error).message}`));
  const taps = createWireTaps(clock, (connectorId, frames) => events.emit({ type: 'wire', connectorId, frames }));
  const bound = new Map<string, BoundSource>();
  const calls = createCalls(clock);
  const turns = createTurns<HttpTransport>(permits, clock);
  const sharing = createReadSharing<JsonObject>();
  let closing: Promise<void> | null = null;

  const find = (connectorId: string): BoundSource => {
    const found = bound.get(connectorId);
    if (found !== undefined) return found;
    throw new AgentError('closed', `The connector ${connectorId} has no source in use.`, {
      hint: 'It was removed.',
      details: { connector_id: connectorId },
    });
  };

  const transportFor = (source: Source, config: JsonObject, credentials: Credentials): HttpTransport =>
    createHttpTransport(
      readTarget(String(config['base_url']), allowedTargets),
      authorizationOf(credentials, source.auth),
      connect,
    );

  const bind = (binding: SourceBinding): BoundSource => {
    if (closing !== null) throw new AgentError('closed', 'The agent is stopping.');
    const source = catalogue.get(binding.listing);
    const config = catalogue.parseConfig(binding.listing, binding.config);
    if (bound.has(binding.connectorId)) {
      throw new AgentError('state_conflict', `${binding.connectorName} is in use already.`, {
        details: { connector_id: binding.connectorId },
      });
    }
    const { connectorId } = binding;
    const next = createBoundSource(
      {
        clock,
        async openTransport() {
          return transportFor(source, config, readStored(binding, await secrets.get(binding.secretEntry)));
        },
        tap: taps.of(connectorId),
        onState(state: BindingState) {
          events.emit({ type: 'binding_changed', connectorId, binding: state, causeId: null });
        },
        onTransaction(error) {
          events.emit({ type: 'transaction', connectorId, at: clock.wallTime(), error });
        },
      },
      { binding, source, config },
    );
    bound.set(connectorId, next);
    return next;
  };

  const unbind = async (connectorId: string): Promise<void> => {
    const source = bound.get(connectorId);
    if (source === undefined) return;
    const idle = turns.closeAll(connectorId, ACT_PATIENCE_MS);
    bound.delete(connectorId);
    await idle;
    source.close();
  };

  return {
    has: (listing) => catalogue.has(listing),
    listings: async () => catalogue.listings(),
    checkConfig: async ({ listing, config }) => catalogue.parseConfig(listing, config),
    async describeTools({ listing, config }) {
      const parsed = catalogue.parseConfig(listing, config);
      return catalogue.get(listing).tools({ options: parsed }).map(describeTool);
    },
    bindSource: async (binding) => bind(binding).state(),
    unbind: ({ connectorId }) => unbind(connectorId),
    bindingState: async ({ connectorId }) => find(connectorId).state(),
    async tryCredentials({ connectorName, listing, config, credentials, ...ticket }) {
      const source = catalogue.get(listing);
      const parsed = catalogue.parseConfig(listing, config);
      const line = transportFor(source, parsed, credentials);
      // Never bound: nothing of it stays, and nobody else sees it.
      const trial = createBoundSource(
        { clock, openTransport: async () => line, tap: noWireTap, onState() {}, onTransaction() {} },
        {
          binding: { connectorId: 'trial', connectorName, listing, config: parsed, secretEntry: '' },
          source,
          config: parsed,
        },
      );
      await calls.run(ticket, `Trying the credentials of ${connectorName}`, ({ signal }) =>
        trial
          .work()
          .perform(line, { signal, about: { purpose: 'health' } }, ({ link }) =>
            source.healthCheck(link, trial.context),
          ),
      );
    },

    async prepare({ connectorId, tool: capability, arguments: args }) {
      const { tool, arguments: parsed } = find(connectorId).tools().parse(capability, args);
      return { arguments: parsed, plan: tool.sideEffect ? tool.plan(parsed) : null };
    },
    async preview({ connectorId, tool: capability, arguments: args }) {
      const source = find(connectorId);
      return drawPreview(source.tools().sideEffect(capability), args, source.binding.connectorName);
    },
    async read({ connectorId, tool: capability, arguments: args, ...ticket }) {
      const source = find(connectorId);
      const tool = source.tools().read(capability);
      const ask = async (controller: AbortController): Promise<JsonObject> => {
        const { line, turn } = await source.acquire(controller, false);
        try {
          const { signal } = controller;
          return await source
            .work()
            .perform(line, { signal, about: { purpose: 'read', tool: capability } }, ({ link }) =>
              tool.read(link, args),
            );
        } finally {
          turn.release();
        }
      };
      const key = `${connectorId}\n${capability}\n${JSON.stringify(args)}`;
      return calls.run(ticket, `${capability} of ${source.binding.connectorName}`, ({ signal }) =>
        sharing.share(key, signal, ask),
      );
    },
    async healthCheck({ connectorId, insist, ...ticket }) {
      const bound = find(connectorId);
      return calls.run(ticket, `The check of ${bound.binding.connectorName}`, async (controller) => {
        const { line, turn } = await bound.acquire(controller, insist);
        try {
          const { signal } = controller;
          await bound
            .work()
            .perform(line, { signal, about: { purpose: 'health' } }, ({ link }) =>
              bound.source.healthCheck(link, bound.context),
            );
          return { answered: true };
        } finally {
          turn.release();
        }
      });
    },
    async openTurn({ connectorId, ...ticket }) {
      const source = find(connectorId);
      return calls.run(ticket, `Waiting for ${source.binding.connectorName}`, (controller) =>
        turns.open(source, controller, ticket.deadlineMs),
      );
    },
    check: ({ turnId, tool, plan }) => turns.check(turnId, tool, plan),
    act: ({ turnId, tool, plan, witness, permit }) => turns.act(turnId, tool, plan, witness, permit),
    resolve: ({ turnId, tool, plan, witness }) => turns.resolve(turnId, tool, plan, witness),
    closeTurn: ({ turnId }) => turns.close(turnId),
    tapWire: async ({ connectorId, open }) => taps.open(connectorId, open),
    cancel: async ({ callId }) => calls.cancel(callId),
    subscribe: (listener) => events.subscribe(listener),
    close() {
      closing ??= (async () => {
        await turns.closeAll(null, ACT_PATIENCE_MS);
        await Promise.all([...bound.keys()].map(unbind));
        taps.close();
      })();
      return closing;
    },
  };
}

function readStored(binding: SourceBinding, stored: string | null): Credentials {
  const parsed = stored === null ? null : credentialsSchema.safeParse(parseJson(stored));
  if (parsed?.success === true) return parsed.data;
  throw new AgentError('auth_failed', `The vault has no credentials for ${binding.connectorName}.`, {
    hint: `Give them again: fibric-edge connectors set ${JSON.stringify(binding.connectorName)} auth`,
    details: { device: binding.connectorName, expected: 'a secret', seen: stored === null ? 'none' : 'something else' },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
