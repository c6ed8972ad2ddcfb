import { AgentError, type JsonObject, type JsonValue } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend, KeyRecord, Principal } from '../../api/index.ts';
import type { LinkCall, LinkCaller } from '../../api/link/index.ts';
import type { ConnectorObject, Grants, HubAuth, InstallBody } from '../../api/schemas/index.ts';
import type { SealedInto } from '../../api/sealing/index.ts';
import { requireGrant, requireGrantOf, scopesOf } from './granted.ts';
import type { KeyedInstalls } from './keyed-installs.ts';
import type { SealedSecrets } from './sealed-secrets.ts';

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

/** What calls of a hub are carried out with. */
export interface CallServers {
  readonly backend: ConnectorsBackend;
  readonly secrets: SealedSecrets;
  readonly installs: KeyedInstalls;
}

/** Carries a call out, as far as the grants go. Rejects as the backend does, and with `insufficient_scope`. */
export async function serveCall(
  { backend, secrets, installs }: CallServers,
  call: PlainCall,
  grants: Grants,
  principal: Principal,
  callerId: string,
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
      const { answer, delivered } = await backend.callTool(
        principal,
        call.connector_id,
        call.body,
        signal,
        call.progress === true ? (progress) => onProgress(plain(progress)) : undefined,
      );
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
      const { listing: target, name, config } = call.body;
      const { auth, take } = await opened(secrets, call.body.auth, { verb: call.verb, target, name, config });
      const body: InstallBody = { ...call.body, auth };
      const install = async (record: KeyRecord<ConnectorObject>) => {
        take();
        const { connector, price } = await backend.installConnector(principal, body, record, null);
        return plain({ connector, ...(price === undefined ? {} : { price }) });
      };
      const key = call.idempotency_key;
      if (key === null) return { body: await install(null), delivered: () => {} };
      const caller = `${principal.id}/${callerId}`;
      return { body: await installs.run({ caller, key, body, signal }, install), delivered: () => {} };
    }
    case 'connector.update': {
      const { auth: given, ...rest } = call.body;
      if (given === undefined) return told(await backend.updateConnector(principal, call.connector_id, rest));
      const into = { verb: call.verb, target: call.connector_id, name: rest.name, config: rest.config };
      const { auth, take } = await opened(secrets, given, into);
      take();
      return told(await backend.updateConnector(principal, call.connector_id, { ...rest, auth }));
    }
    case 'connector.remove':
      await backend.removeConnector(principal, call.connector_id, { force: false });
      return told(null);
    case 'device.identify':
      return told(
        await backend.identifyDevice(principal, call.device_id, call.body, signal, (step) => onProgress(plain(step))),
      );
  }
}

/** What a hub sent as credentials, as the backend takes them. */
async function opened(
  secrets: SealedSecrets,
  auth: HubAuth,
  into: SealedInto,
): Promise<{ readonly auth: InstallBody['auth']; readonly take: () => void }> {
  return auth.type === 'sealed' ? secrets.open(auth, into) : { auth, take: () => {} };
}

function told(value: object | null): ServedCall {
  return { body: value === null ? null : plain(value), delivered: () => {} };
}

/** A wire object as the JSON it is on the wire. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
