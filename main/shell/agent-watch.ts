import { AgentError } from '../../drivers/kit/index.ts';
import type { ApiClient } from '../api/client.ts';
import type {
  AgentHealth,
  ApprovalObject,
  ConnectorObject,
  DeviceObject,
  JournalEntryObject,
  StreamEvent,
} from '../api/schemas/index.ts';
import type { AgentFacts, ConnectorFacts, FreeDevice, UnknownEffect, WaitingApproval } from './agent-state.ts';
import { type Clock, pause } from './clock.ts';

/** What of the client the watch uses. */
export type WatchedApi = Pick<
  ApiClient,
  'getHealth' | 'listConnectors' | 'getConnector' | 'listApprovals' | 'listJournal' | 'listDevices' | 'events'
>;

/** The agent's own health is asked for this often: the vault and the record tell nothing in the stream. */
const HEALTH_EVERY_MS = 20_000;
/** An agent that answers nothing for so long hangs. */
const SILENT_AFTER_MS = 60_000;
/** Changes are told together, this often at most. */
const TELL_EVERY_MS = 250;

/**
 * Follows an agent: `tell` gets the whole picture at first and after each change. Rejects when the agent ends or hangs
 * (`agent_unreachable`, `deadline_exceeded`) or when `signal` aborts (`cancelled`).
 */
export async function watchAgent(
  api: WatchedApi,
  {
    clock,
    signal,
    tell,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly tell: (facts: AgentFacts) => void },
): Promise<never> {
  const end = new AbortController();
  const both = AbortSignal.any([signal, end.signal]);
  const picture = createPicture();
  let cancelTelling: () => void = () => {};
  let telling = false;
  const changed = () => {
    if (telling) return;
    telling = true;
    cancelTelling = clock.after(TELL_EVERY_MS, () => {
      telling = false;
      if (!both.aborted) tell(picture.facts());
    });
  };

  const opened = Promise.withResolvers<void>();
  const loaded = Promise.withResolvers<void>();
  const follow = async (): Promise<never> => {
    for await (const event of api.events({ signal: both, onOpen: opened.resolve })) {
      // What is told while the first picture is fetched is newer than it.
      await loaded.promise;
      if (event.type === 'gap') await picture.load(api);
      else if (!(await picture.apply(event, api))) continue;
      changed();
    }
    throw new AgentError('agent_unreachable', 'The agent has ended.');
  };
  const askHealth = async (): Promise<never> => {
    let silentSinceMs: number | null = null;
    for (;;) {
      await pause(clock, HEALTH_EVERY_MS, both);
      if (both.aborted) throw new AgentError('cancelled', 'The shell no longer follows the agent.');
      try {
        picture.setHealth(await api.getHealth());
        silentSinceMs = null;
        changed();
      } catch (error) {
        if (!AgentError.is(error, 'deadline_exceeded', 'agent_unreachable')) throw error;
        silentSinceMs ??= clock.monotonicMs();
        if (clock.monotonicMs() - silentSinceMs >= SILENT_AFTER_MS) throw error;
      }
    }
  };

  try {
    const following = follow();
    const asking = opened.promise.then(async () => {
      await picture.load(api).finally(loaded.resolve);
      tell(picture.facts());
      return askHealth();
    });
    return await Promise.race([following, asking]);
  } finally {
    end.abort();
    cancelTelling();
  }
}

/** The agent's state as it was fetched, kept true by its events. */
function createPicture() {
  let health: AgentHealth | null = null;
  let paused = false;
  const connectors = new Map<string, ConnectorFacts>();
  const approvals = new Map<string, WaitingApproval>();
  const unknowns = new Map<string, UnknownEffect>();
  const devices = new Map<string, FreeDevice>();

  const setHealth = (next: AgentHealth) => {
    health = next;
    paused = next.paused;
  };
  const setConnector = (connector: ConnectorObject) => connectors.set(connector.id, connectorFacts(connector));
  const setApproval = (approval: ApprovalObject) => {
    if (approval.state === 'waiting') approvals.set(approval.id, waitingApproval(approval));
    else approvals.delete(approval.id);
  };
  const setEntry = (entry: JournalEntryObject) => {
    if (entry.state === 'unknown' && entry.settlement === null) unknowns.set(entry.journal_id, unknownEffect(entry));
    else unknowns.delete(entry.journal_id);
  };
  const setDevice = (device: DeviceObject) => {
    if (device.present && device.owner === null && device.problem === null) devices.set(device.id, freeDevice(device));
    else devices.delete(device.id);
  };

  return {
    setHealth,
    async load(api: WatchedApi): Promise<void> {
      const summaries = await api.listConnectors();
      const whole = await Promise.all(
        summaries.map(({ id }) =>
          api.getConnector(id).catch((error: unknown) => {
            if (AgentError.is(error, 'not_found')) return null;
            throw error;
          }),
        ),
      );
      const [waiting, unknown, seen] = await Promise.all([
        api.listApprovals({ state: 'waiting', limit: 100 }),
        api.listJournal({ state: 'unknown', limit: 100 }),
        api.listDevices(),
      ]);
      setHealth(await api.getHealth());
      for (const map of [connectors, approvals, unknowns, devices]) map.clear();
      for (const connector of whole) if (connector !== null) setConnector(connector);
      for (const approval of waiting.data) setApproval(approval);
      for (const entry of unknown.data) setEntry(entry);
      for (const device of seen) setDevice(device);
    },
    /** Whether it changed what the shell shows. */
    async apply(event: Exclude<StreamEvent, { type: 'gap' }>, api: WatchedApi): Promise<boolean> {
      switch (event.type) {
        case 'connector':
          setConnector(event.connector);
          return true;
        case 'connector_removed':
          return connectors.delete(event.connector_id);
        case 'approval':
          setApproval(event.approval);
          return true;
        case 'journal': {
          const before = unknowns.size;
          setEntry(event.entry);
          return before !== unknowns.size;
        }
        case 'device':
          setDevice(event.device);
          return true;
        case 'device_removed':
          return devices.delete(event.device_id);
        case 'pause':
          paused = event.paused;
          setHealth(await api.getHealth());
          return true;
        case 'reading':
        case 'stream':
        case 'test':
        // Told by hubs alone.
        case 'agent':
          return false;
      }
    },
    facts(): AgentFacts {
      return {
        version: health?.version ?? '',
        paused,
        connectors: [...connectors.values()],
        approvals: [...approvals.values()].sort((left, right) => left.expiresAtMs - right.expiresAtMs),
        unknowns: [...unknowns.values()],
        freeDevices: [...devices.values()],
        vaultProblem: health === null || health.vault.available ? null : (health.vault.hint ?? ''),
        journalWhole: health?.journal.acknowledged ?? true,
      };
    },
  };
}

function connectorFacts({ id, name, status, health }: ConnectorObject): ConnectorFacts {
  return {
    id,
    name,
    state: status === 'pending_auth' ? 'pending_auth' : health.state,
    reason: health.reason,
    hint: health.hint,
    causeId: health.cause_id,
    hasWorked: health.last_ok_at !== null,
  };
}

function waitingApproval({ id, connector_name, tool, expires_at }: ApprovalObject): WaitingApproval {
  return { id, connectorName: connector_name, tool, expiresAtMs: Date.parse(expires_at) };
}

function unknownEffect({ journal_id, connector_name, tool }: JournalEntryObject): UnknownEffect {
  return { journalId: journal_id, connectorName: connector_name, tool };
}

function freeDevice({ id, descriptor, path, recognition, first_seen_at }: DeviceObject): FreeDevice {
  const made = [descriptor.manufacturer, descriptor.product].filter((part) => part !== null).join(' ');
  return {
    id,
    label: made === '' ? path : made,
    listing: recognition.listing,
    firstSeenAtMs: Date.parse(first_seen_at),
  };
}
