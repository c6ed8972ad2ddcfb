import { createHash } from 'node:crypto';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend, Principal } from '../../api/index.ts';
import type { AgentFrame, ProjectionKind } from '../../api/link/index.ts';
import type { StreamEvent } from '../../api/schemas/index.ts';
import type { Clock } from '../clock.ts';

/** Changes of one thing that come faster are told together. */
const GATHER_MS = 200;

interface Item {
  readonly kind: ProjectionKind;
  readonly id: string;
}

/** Keeps what the hub shows of this machine as it is here. */
export interface Projector {
  /** The hub asks for these. */
  want(items: readonly Item[]): void;
  close(): void;
}

/** What it works with. */
export interface ProjectorParts {
  readonly backend: ConnectorsBackend;
  /** Sees what the hub may be shown. */
  readonly principal: Principal;
  /** Whether simulated devices are shown: never to a live tenant. */
  readonly showsSimulated: boolean;
  /** Resolves when the frame has gone out, so that only what was asked for waits in memory. */
  readonly send: (frame: AgentFrame) => Promise<void>;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/** Tells everything there is by its digest, and from then on whatever changes. */
export function createProjector(parts: ProjectorParts): Projector {
  const { backend, principal, showsSimulated, send, clock, onFault } = parts;
  const due = new Map<string, Item>();
  const sent = new Map<string, string>();
  let flushing = false;
  let stopGathering: (() => void) | null = null;
  let open = true;

  const body = async ({ kind, id }: Item): Promise<JsonObject | null> => {
    try {
      if (kind === 'connector') {
        const connector = await backend.getConnector(principal, id);
        if (connector.simulated && !showsSimulated) return null;
        return plain({ connector, tools: await backend.listTools(principal, id) });
      }
      if (kind === 'device') {
        const device = await backend.getDevice(principal, id);
        return device.simulated && !showsSimulated ? null : plain({ device });
      }
      const listing = (await backend.listListings(principal)).find((candidate) => candidate.id === id);
      return listing === undefined ? null : plain({ listing });
    } catch (error) {
      if (AgentError.is(error, 'not_found')) return null;
      throw error;
    }
  };
  const flush = async () => {
    if (flushing) return;
    flushing = true;
    try {
      for (let next = due.entries().next().value; open && next !== undefined; next = due.entries().next().value) {
        const [key, item] = next;
        due.delete(key);
        const content = await body(item);
        const digest = content === null ? null : digestOf(content);
        if (digest === (sent.get(key) ?? null)) continue;
        if (content === null || digest === null) {
          sent.delete(key);
          await send({ type: 'gone', ...item });
        } else {
          sent.set(key, digest);
          await send({ type: 'item', ...item, digest, body: content });
        }
      }
    } catch (error) {
      if (open && !AgentError.is(error, 'closed')) onFault(error);
    } finally {
      flushing = false;
    }
  };
  const note = (item: Item) => {
    due.set(`${item.kind}/${item.id}`, item);
    stopGathering ??= clock.after(GATHER_MS, () => {
      stopGathering = null;
      void flush();
    });
  };
  const takeInventory = async () => {
    try {
      const items: (Item & { readonly digest: string })[] = [];
      for (const item of await everything(backend, principal)) {
        const content = await body(item);
        if (content === null) continue;
        const digest = digestOf(content);
        sent.set(`${item.kind}/${item.id}`, digest);
        items.push({ ...item, digest });
      }
      if (open) await send({ type: 'inventory', items });
    } catch (error) {
      if (open && !AgentError.is(error, 'closed')) onFault(error);
    }
  };
  const hear = (event: StreamEvent) => {
    if (event.type === 'connector') note({ kind: 'connector', id: event.connector.id });
    else if (event.type === 'connector_removed') note({ kind: 'connector', id: event.connector_id });
    else if (event.type === 'device') note({ kind: 'device', id: event.device.id });
    else if (event.type === 'device_removed') note({ kind: 'device', id: event.device_id });
    // Nobody knows what was lost: all of it is told again by digest.
    else if (event.type === 'gap') void takeInventory();
  };

  const unsubscribe = backend.subscribe(principal, hear);
  void takeInventory();
  return {
    want(items) {
      for (const item of items) {
        // What was never told here is nothing to ask for: a hub could have this machine keep any number of names.
        if (!sent.has(`${item.kind}/${item.id}`)) continue;
        sent.delete(`${item.kind}/${item.id}`);
        due.set(`${item.kind}/${item.id}`, item);
      }
      void flush();
    },
    close() {
      open = false;
      unsubscribe();
      stopGathering?.();
      due.clear();
    },
  };
}

async function everything(backend: ConnectorsBackend, principal: Principal): Promise<readonly Item[]> {
  const items: Item[] = [];
  let position: string | null = null;
  do {
    const page: Awaited<ReturnType<ConnectorsBackend['listConnectors']>> = await backend.listConnectors(
      principal,
      {},
      { limit: 100, position },
    );
    items.push(...page.items.map(({ id }): Item => ({ kind: 'connector', id })));
    position = page.next;
  } while (position !== null);
  items.push(...(await backend.listDevices(principal)).map(({ id }): Item => ({ kind: 'device', id })));
  items.push(...(await backend.listListings(principal)).map(({ id }): Item => ({ kind: 'listing', id })));
  return items;
}

function digestOf(body: JsonObject): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22);
}

/** A wire object as the JSON it is on the wire. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
