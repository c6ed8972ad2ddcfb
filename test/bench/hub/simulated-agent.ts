import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { keyWords } from '../../../main/api/link/index.ts';
import {
  type ConnectorObject,
  connectorSchema,
  type DeviceObject,
  deviceSchema,
  type ListingObject,
  listingSchema,
  type ToolObject,
  toolSchema,
} from '../../../main/api/schemas/index.ts';
import { createBackendDouble } from '../../../main/cli/testing/backend-double.ts';
import { systemClock } from '../../../main/cloud/clock.ts';
import type { CloudCredential } from '../../../main/cloud/credentials.ts';
import { type KeptLink, keepLink } from '../../../main/cloud/link/keep-link.ts';
import type { Enrolled } from './enrol-many.ts';
import type { Templates } from './messages.ts';

/** One of them. */
export interface SimulatedAgent {
  readonly connectors: readonly string[];
  readonly state: {
    readonly up: boolean;
    readonly upAt: number;
    /** Attempts that came to nothing, all along. */
    readonly failures: number;
    readonly credential: CloudCredential | null;
  };
  /** Begins to keep its link, unless it does already. */
  link(): void;
  unlink(): Promise<void>;
}

/** How one is made. */
export interface SimulatedOptions {
  readonly number: number;
  /** Connectors, and devices. */
  readonly each: number;
  readonly templates: Templates;
  /** Shared by all; read at each attempt. */
  readonly settings: { readonly backOffMs: number | null };
}

interface Shown {
  readonly connectors: ReadonlyMap<string, ConnectorObject>;
  readonly devices: ReadonlyMap<string, DeviceObject>;
}

let shared: { readonly tools: readonly ToolObject[]; readonly listings: readonly ListingObject[] } | null = null;
const weight = { value: '12.480', unit: 'kg', stable: true };

/** Makes one over what a hub has given it. */
export function agentOf({ key, sealing, paired }: Enrolled, options: SimulatedOptions): SimulatedAgent {
  const { templates, settings } = options;
  shared ??= {
    tools: templates.scale.tools.map((tool) => toolSchema.parse(tool)),
    listings: templates.listings.map((listing) => listingSchema.parse(listing)),
  };
  const { tools, listings } = shared;
  const shown = show(options);
  const backend = createBackendDouble({
    listConnectors: async () => ({ items: [...shown.connectors.values()], next: null }),
    getConnector: async (_principal, id) => found(shown.connectors, id),
    listTools: async () => tools,
    listDevices: async () => [...shown.devices.values()],
    getDevice: async (_principal, id) => found(shown.devices, id),
    listListings: async () => listings,
    callTool: async (_principal, id, { tool }) => ({
      answer: { object: 'tool_result', connector_id: id, tool, kind: 'read', output: weight },
      delivered: () => {},
    }),
    subscribe: () => () => {},
  });
  let [up, upAt, failures] = [false, 0, 0];
  let credential: CloudCredential | null = null;
  let kept: KeptLink | null = null;
  /** The distance to the next attempt is the first thing that is waited for after it was told. */
  let waitsNext = false;
  const { agent, tenant, hub, grants } = paired;
  return {
    connectors: [...shown.connectors.keys()],
    state: {
      get up() {
        return up;
      },
      get upAt() {
        return upAt;
      },
      get failures() {
        return failures;
      },
      get credential() {
        return credential;
      },
    },
    link() {
      kept ??= keepLink({
        record: { agent, tenant, hub, grants, paired_at: '', key_words: keyWords(key.publicKey), ended: null },
        connect: connectPlainly,
        key: async () => key,
        sealingKey: async () => sealing,
        version: '0.1.0',
        grants: () => grants,
        backend,
        installs: { run: () => Promise.reject(new Error('nothing is installed here')) },
        relayMcp: async ({ body }) => ({ response: mcpAnswer(body), delivered: () => {} }),
        clock: {
          ...systemClock,
          after(delayMs, run) {
            const fixed = waitsNext ? settings.backOffMs : null;
            waitsNext = false;
            return systemClock.after(fixed ?? delayMs, run);
          },
        },
        random: Math.random,
        onState({ state }) {
          if (state === 'up') upAt = Date.now();
          if (state === 'waiting') failures += 1;
          up = state === 'up';
          waitsNext = state === 'waiting';
        },
        onCredential: (next) => {
          credential = next;
        },
        onRevoked: () => {},
        onFault: (error) => {
          throw error;
        },
      });
    },
    async unlink() {
      const closing = kept;
      kept = null;
      await closing?.close();
      up = false;
    },
  };
}

/** No proxy, no TLS: a hub on this machine. */
async function connectPlainly(origin: string, signal: AbortSignal): Promise<Socket> {
  const { hostname: host, port } = new URL(origin);
  const socket = connect({ host, port: Number(port), signal });
  await once(socket, 'connect');
  return socket;
}

function found<Thing>(all: ReadonlyMap<string, Thing>, id: string): Thing {
  const thing = all.get(id);
  if (thing === undefined) throw new Error(`nothing is called ${id}`);
  return thing;
}

function show({ number, each, templates }: SimulatedOptions): Shown {
  const connector = connectorSchema.parse(templates.scale.connector);
  const device = deviceSchema.parse(templates.scale.device);
  const indexes = Array.from({ length: each }, (_, index) => index);
  const id = (index: number) => `${number}-${index}`.padStart(32, '0');
  const ownDevice = (index: number): DeviceObject => ({
    ...device,
    id: `dev_${id(index)}`,
    path: `/dev/scale-${index}`,
  });
  return {
    devices: new Map(indexes.map((index) => [`dev_${id(index)}`, ownDevice(index)])),
    connectors: new Map(
      indexes.map((index) => [
        `cn_${id(index)}`,
        {
          ...connector,
          id: `cn_${id(index)}`,
          name: `scale-${number}-${index}`,
          slug: `scale-${number}-${index}`,
          // A tenth of them can do more than the others.
          capabilities: index % 10 === 0 ? [...connector.capabilities, 'scale.sample'] : connector.capabilities,
          device: connector.device === null ? null : ownDevice(index),
          created_at: new Date(Date.parse(connector.created_at) + number * 1_000 + index).toISOString(),
        },
      ]),
    ),
  };
}

function mcpAnswer(asked: unknown): Response {
  const id: unknown = typeof asked === 'object' && asked !== null && 'id' in asked ? asked.id : null;
  const result = { content: [{ type: 'text', text: JSON.stringify(weight) }], structuredContent: weight };
  return new Response(JSON.stringify({ jsonrpc: '2.0', id, result }), {
    headers: { 'content-type': 'application/json' },
  });
}
