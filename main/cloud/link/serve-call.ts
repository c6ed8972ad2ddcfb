import { AgentError, type JsonValue } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend, Principal } from '../../api/index.ts';
import type { LinkCall, LinkCaller } from '../../api/link/index.ts';
import type { Grants } from '../../api/schemas/index.ts';
import { requireGrant, requireGrantOf, scopesOf } from './granted.ts';

/** Everything but MCP, which is answered in parts. */
export type PlainCall = Exclude<LinkCall, { verb: 'mcp' }>;

/** How a call from the hub ended, and what to do once its caller has the answer. */
export interface ServedCall {
  readonly body: JsonValue;
  readonly delivered: () => void;
}

/**
 * Who the hub is at this machine: one principal for each tenant of it. What it may is what was granted, and of that only what
 * its own caller may there.
 */
export function hubPrincipal(
  tenantId: string,
  grants: Grants,
  caller: LinkCaller,
  mintedKey: string | null,
  ended: AbortSignal,
): Principal {
  const granted = scopesOf(grants);
  return {
    id: `hub:${tenantId}`,
    kind: 'hub',
    name: caller.name,
    scopes: new Set(caller.scopes.filter((scope) => granted.has(scope))),
    local: false,
    connectors: null,
    tools: null,
    ended,
    ...(mintedKey === null ? {} : { mintedKey }),
  };
}

/** Carries a call out, as far as the grants go. Rejects as the backend does, and with `insufficient_scope`. */
export async function serveCall(
  backend: ConnectorsBackend,
  call: PlainCall,
  grants: Grants,
  principal: Principal,
  signal: AbortSignal,
  onProgress: (data: JsonValue) => void,
): Promise<ServedCall> {
  requireGrantOf(grants, call);
  switch (call.verb) {
    case 'connector.call': {
      const tools = await backend.listTools(principal, call.connector_id);
      const tool = tools.find(({ name }) => name === call.body.tool);
      if (tool === undefined) {
        throw new AgentError('unknown_tool', `Connector ${call.connector_id} has no tool ${call.body.tool}.`, {
          hint: `Its tools: ${tools.map(({ name }) => name).join(', ')}.`,
        });
      }
      if (tool.side_effect) requireGrant(grants, 'act');
      const { answer, delivered } = await backend.callTool(principal, call.connector_id, call.body, signal);
      return { body: plain(answer), delivered };
    }
    case 'connector.preview':
      return told(await backend.previewTool(principal, call.connector_id, call.body));
    case 'connector.test':
      return told(
        await backend.testConnector(principal, call.connector_id, call.tools, signal, (result) =>
          onProgress(plain(result)),
        ),
      );
    case 'connector.tests':
      return told(await backend.listTests(principal, call.connector_id));
    case 'connector.readings':
      return told(await backend.listReadings(principal, call.connector_id));
    case 'connector.past_readings':
      return told(await backend.listPastReadings(principal, call.connector_id, call.query));
    case 'connector.health_timeline':
      return told(await backend.getHealthTimeline(principal, call.connector_id, call.query));
    case 'connector.wire':
      return told(await backend.getWireLog(principal, call.connector_id, call.query));
    case 'connector.record_wire':
      return told(await backend.recordWire(principal, call.connector_id, call.body));
    case 'connector.clear_wire':
      return told(await backend.clearWireLog(principal, call.connector_id));
    case 'connector.install': {
      const { connector, price } = await backend.installConnector(principal, call.body, null);
      return told({ connector, ...(price === undefined ? {} : { price }) });
    }
    case 'connector.update':
      return told(await backend.updateConnector(principal, call.connector_id, call.body));
    case 'connector.remove':
      await backend.removeConnector(principal, call.connector_id);
      return told(null);
    case 'device.identify':
      return told(
        await backend.identifyDevice(principal, call.device_id, call.body, signal, (step) => onProgress(plain(step))),
      );
  }
}

function told(value: object | null): ServedCall {
  return { body: value === null ? null : plain(value), delivered: () => {} };
}

/** A wire object as the JSON it is on the wire. */
function plain(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value));
}
