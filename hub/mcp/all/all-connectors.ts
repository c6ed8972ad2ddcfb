import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../../../main/api/index.ts';
import { type Refusal, refuse } from '../../../main/mcp/http.ts';
import type { McpEndpoint } from '../../../main/mcp/index.ts';
import type { AgentSide } from '../../backend/agent-side.ts';
import { keyOf, type Place, placeOf } from '../../partition.ts';
import {
  createPlaceConnectors,
  mostConnectors,
  type PlaceConnectors,
  type PlaceConnectorsParts,
} from './place-connectors.ts';
import { createPlaceSource, type PlaceSource } from './place-source.ts';

/** MCP for all connectors of a tenant at once: the hub answers it, and asks the machines for what is called. */
export interface AllConnectors {
  /** Answers a request of this principal. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, principal: Principal): Promise<void>;
  close(): Promise<void>;
}

/** What it works with. */
export interface AllConnectorsParts extends Omit<PlaceConnectorsParts, 'place'> {
  readonly agentSide: Pick<AgentSide, 'ask' | 'askFor'>;
  readonly version: string;
}

interface Served {
  readonly connectors: PlaceConnectors;
  readonly source: PlaceSource;
  readonly endpoint: Promise<McpEndpoint>;
}

/** Makes {@link AllConnectors}. An endpoint is made for a tenant's live or test data with the first request for it, and kept. */
export function createAllConnectors({ agentSide, version, ...parts }: AllConnectorsParts): AllConnectors {
  const { view, onFault } = parts;
  const places = new Map<string, Served>();
  const serve = (place: Place): Served => {
    const key = keyOf(place);
    const known = places.get(key);
    if (known !== undefined) return known;
    const connectors = createPlaceConnectors({ ...parts, place });
    const source = createPlaceSource({ place, connectors, view, agentSide });
    // The SDK takes 10 MB that a hub of which nobody asks this does without.
    const endpoint = connectors
      .prepare()
      .then(() => import('../../../main/mcp/index.ts'))
      .then(({ createMcpEndpoint }) => createMcpEndpoint({ service: source, version, onFault, isHub: true }));
    const made = { connectors, source, endpoint };
    places.set(key, made);
    return made;
  };
  return {
    async handle(request, response, principal) {
      try {
        const { connectors, source, endpoint } = serve(placeOf(principal));
        const count = connectors.count();
        if (count > mostConnectors) return refuse(response, tooMany(count));
        source.admit(principal);
        const serving = await endpoint;
        await connectors.prepare();
        await serving.handle(request, response, () => principal);
      } catch (error) {
        onFault(error);
        refuse(response, { status: 500, code: -32_603, message: 'Internal error' });
      }
    },
    async close() {
      for (const { connectors, endpoint } of places.values()) {
        await endpoint.then((serving) => serving.close()).catch(onFault);
        connectors.close();
      }
    },
  };
}

function tooMany(count: number): Refusal {
  return {
    status: 400,
    code: -32_000,
    message: `There are ${count} connectors, and at most ${mostConnectors} are served at once. Use /mcp/{connector id}.`,
  };
}
