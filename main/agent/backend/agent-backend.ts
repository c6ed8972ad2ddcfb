import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApprovalPin, KioskPin, Tokens } from '../../access/index.ts';
import { type ConnectorsBackend, type JournalExport, pageOf } from '../../api/index.ts';
import type { TokenObject } from '../../api/schemas/index.ts';
import type { Cloud, CloudEvents, FibricCloud, WayOut } from '../../cloud/index.ts';
import type { ConnectorService, JournalSpan } from '../../connectors/index.ts';
import { bindingStatement } from '../../store/index.ts';
import { callerOf } from './caller-of.ts';
import { cloudOrigin, createNetworkBackend } from './network-backend.ts';
import { createOperatorsBackend } from './operators-backend.ts';
import { createWireBackend } from './wire-backend.ts';
import {
  addressCheckObject,
  approvalObject,
  connectorObject,
  deviceObject,
  identifyReportObject,
  journalEntryObject,
  listingObject,
  readingObject,
  streamEvent,
  testRecordObject,
  toolObject,
} from './wire-objects.ts';

/** What the backend is made of. */
export interface AgentBackendParts {
  readonly service: ConnectorService;
  readonly tokens: Tokens;
  /** Where an export of the journal is from. */
  readonly installation: Pick<JournalExport, 'installationId' | 'version'>;
  readonly pin: ApprovalPin;
  readonly kioskPin: KioskPin;
  readonly cloudEvents: Pick<CloudEvents, 'outbox'>;
  readonly fibric: Omit<FibricCloud, 'close'>;
  readonly cloud: Pick<Cloud, 'status' | 'pair' | 'unpair' | 'setGrants' | 'askBeforeUninstall'>;
  readonly wayOut: WayOut;
  readonly machine: Pick<
    ConnectorsBackend,
    'getHealth' | 'getSettings' | 'runDoctor' | 'tailLogs' | 'createWindowTicket' | 'createWindowForm'
  >;
}

/** The Connectors API of one agent: tenant `t_local`, with the connectors of this machine. */
export function createAgentBackend({
  service,
  tokens,
  pin,
  kioskPin,
  installation,
  machine,
  cloudEvents,
  fibric,
  cloud,
  wayOut,
}: AgentBackendParts): ConnectorsBackend {
  const { ownerOf } = service;
  const connectorOf = (id: string) => connectorObject(service.get(id), ownerOf);
  return {
    ...machine,
    ...createOperatorsBackend(service),
    ...createWireBackend(service),
    ...createNetworkBackend(wayOut, () => cloudOrigin(cloud.status(), fibric.status())),

    listListings: async () => (await service.listings()).map(listingObject),

    listDevices: async () => (await service.devices()).map((device) => deviceObject(device, ownerOf)),
    getDevice: async (_principal, id) => deviceObject(await service.device(id), ownerOf),
    identifyDevice: async (_principal, deviceId, body, signal, onProgress) =>
      identifyReportObject(
        await service.identify({
          deviceId,
          signal,
          ...(body.listing === undefined ? {} : { listing: body.listing }),
          ...(body.config === undefined ? {} : { config: body.config }),
          ...(body.dry_run === undefined ? {} : { dryRun: body.dry_run }),
          ...(onProgress === undefined ? {} : { onProgress }),
        }),
        ownerOf,
      ),
    checkAddress: async (_principal, address, signal) =>
      addressCheckObject(await service.checkAddress(address, signal)),
    addDevice: async (principal, address) =>
      deviceObject(await service.addDevice(address, callerOf(principal)), ownerOf),
    removeDevice: (principal, id) => service.removeDevice(id, callerOf(principal)),
    confirmDevice: async (principal, id) => deviceObject(await service.confirmDevice(id, callerOf(principal)), ownerOf),

    async listConnectors(principal, filter, page) {
      const { capability, kind, status } = filter;
      const wanted = service.list({
        ...(capability === undefined ? {} : { capability }),
        ...(kind === undefined ? {} : { kind }),
        ...(status === undefined ? {} : { status }),
      });
      const seen = wanted.filter((connector) => principal.connectors?.has(connector.id) ?? true);
      const { items, next } = pageOf(seen, page, (connector) => ({ at: connector.created_at, id: connector.id }));
      return { items: items.map((connector) => connectorObject(connector, ownerOf)), next };
    },
    getConnector: async (_principal, id) => connectorOf(id),
    async installConnector(principal, { listing, auth, name, config }, record) {
      const connector = await service.install(
        { listing, auth, config: config ?? {}, ...(name === undefined ? {} : { name }) },
        callerOf(principal),
        record === null ? undefined : (made) => [bindingStatement(record(connectorObject(made, ownerOf)))],
      );
      const price = (await service.listings()).find(({ id }) => id === listing)?.price ?? null;
      return { connector: connectorObject(connector, ownerOf), ...(price === null ? {} : { price }) };
    },
    async updateConnector(principal, id, { name, auth, config }) {
      const changed = {
        ...(name === undefined ? {} : { name }),
        ...(auth === undefined ? {} : { auth }),
        ...(config === undefined ? {} : { config }),
      };
      return connectorObject(await service.update(id, changed, callerOf(principal)), ownerOf);
    },
    async removeConnector(principal, id, { force }) {
      const { name } = service.get(id);
      // What comes from the hub was asked there.
      const unasked = principal.kind === 'hub' ? null : await cloud.askBeforeUninstall(id);
      if (unasked !== null && !force) throw hubNotAsked(name, unasked.origin);
      await service.remove(id, callerOf(principal), unasked === null ? {} : { unaskedHub: unasked.origin });
    },
    testConnector: async (principal, id, tools, signal, onResult) =>
      testRecordObject(await service.test(id, tools, callerOf(principal), signal, onResult)),
    async listTests(_principal, id) {
      return service.tests(id).map(testRecordObject);
    },
    listTools: async (_principal, id) => service.get(id).tools.map(toolObject),
    async listReadings(_principal, id) {
      service.get(id);
      return service.lastReadings(id).map(readingObject);
    },
    async listPastReadings(_principal, id, { tool, limit, before }) {
      service.get(id);
      const past = await service.pastReadings(id, tool, { limit, ...(before === undefined ? {} : { before }) });
      return past.map((reading) => ({ object: 'past_reading', ...reading }));
    },
    getPolicy: async (_principal, id) => service.policy(id),
    setPolicy: (principal, id, policy) => service.setPolicy(id, withoutUndefined(policy), callerOf(principal)),
    async callTool(principal, id, body, signal, onProgress) {
      const called = await service.call({
        connectorId: id,
        tool: body.tool,
        arguments: body.arguments,
        caller: callerOf(principal),
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      const head = { object: 'tool_result' as const, connector_id: id, tool: body.tool };
      return called.kind === 'read'
        ? { answer: { ...head, kind: 'read', output: called.output }, delivered: () => {} }
        : { answer: { ...head, kind: 'effect', result: called.result }, delivered: called.delivered };
    },
    async previewTool(_principal, id, body) {
      const picture = await service.preview({ connectorId: id, tool: body.tool, arguments: body.arguments });
      return { ...picture, object: 'preview', connector_id: id, tool: body.tool };
    },
    applyInstallRules: async (_principal, again) =>
      (await service.applyInstallRules(again === null ? {} : { again })).map((connector) =>
        connectorObject(connector, ownerOf),
      ),

    getOutbox: async () => cloudEvents.outbox(),
    getFibricCloud: async () => fibric.status(),
    async setFibricKey(_principal, key) {
      await fibric.setKey(key);
      return fibric.status();
    },
    async removeFibricKey() {
      await fibric.removeKey();
      return fibric.status();
    },

    async listJournal(principal, { connector_id, state }, { limit, position }) {
      const rows = service.journal({
        limit: limit + 1,
        ...(connector_id === undefined ? {} : { connector_id }),
        ...(state === undefined ? {} : { state }),
        ...(position === null ? {} : { before: position }),
      });
      const page = rows.slice(0, limit).filter((row) => principal.connectors?.has(row.connector_id) ?? true);
      return {
        items: page.map(journalEntryObject),
        next: rows.length > limit ? (rows[limit - 1]?.journal_id ?? null) : null,
      };
    },
    getJournalEntry: async (_principal, id) => journalEntryObject(service.journalEntry(id)),
    settleJournalEntry: async (principal, id, { answer, note, by }) =>
      journalEntryObject(
        await service.settle(
          id,
          { answer, ...(note === undefined ? {} : { note }), ...(by === undefined ? {} : { by }) },
          callerOf(principal),
        ),
      ),
    async acknowledgeJournal(principal) {
      await service.acknowledgeEpoch(callerOf(principal));
      return { object: 'journal_epoch', ...service.epoch() };
    },

    exportJournal: async (_principal, { connector_id, since, until }) => ({
      ...installation,
      epoch: service.epoch().epoch,
      pages: journalPages(service, {
        ...(connector_id === undefined ? {} : { connector_id }),
        ...(since === undefined ? {} : { sinceMs: Date.parse(since) }),
        ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
      }),
    }),
    async listApprovals(_principal, { state }, { limit, position }) {
      const rows = service.approvals({
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(position === null ? {} : { before: position }),
      });
      const page = rows.slice(0, limit);
      return { items: page.map(approvalObject), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    async getApproval(_principal, id) {
      const approval = service.approval(id);
      const picture = await service.approvalPreview(id);
      const { connector_id, tool } = approval;
      const preview = picture === null ? null : { ...picture, object: 'preview' as const, connector_id, tool };
      return { ...approvalObject(approval), preview };
    },
    async approve(principal, id, { pin: given, note }) {
      service.approval(id);
      await pin.require(given);
      return approvalObject(await service.approve(id, note === undefined ? {} : { note }, callerOf(principal)));
    },
    deny: async (principal, id, { note }) =>
      approvalObject(await service.deny(id, note === undefined ? {} : { note }, callerOf(principal))),
    getApprovalPin: async () => ({ object: 'approval_pin', set: pin.isSet() }),
    async setApprovalPin(_principal, { pin: next = null, current }) {
      await pin.change(next, current);
      return { object: 'approval_pin', set: pin.isSet() };
    },

    getKioskPin: async () => ({ object: 'kiosk_pin', set: await kioskPin.isSet() }),
    async setKioskPin(_principal, { pin: next = null, current }) {
      await kioskPin.change(next, current);
      return { object: 'kiosk_pin', set: next !== null };
    },
    async unlockKiosk(_principal, given) {
      await kioskPin.unlock(given);
      return { object: 'kiosk_unlock', unlocked: true };
    },

    async createToken(_principal, { name, scopes, connectors, tools, expires_in_ms }, record) {
      requireConnectors(service, connectors ?? []);
      const created = await tokens.create(
        {
          name,
          scopes,
          ...(connectors === undefined ? {} : { connectors }),
          ...(tools === undefined ? {} : { tools }),
          ...(expires_in_ms === undefined ? {} : { expiresInMs: expires_in_ms }),
        },
        record === null ? undefined : (made) => [bindingStatement(record({ object: 'token', ...made }))],
      );
      return { object: 'token', ...created };
    },
    listTokens: async () => tokens.list().map((token): TokenObject => ({ object: 'token', ...token })),
    revokeToken: async (_principal, id): Promise<TokenObject> => ({ object: 'token', ...(await tokens.revoke(id)) }),

    isPaused: async () => service.paused(),
    async setPaused(principal, paused) {
      await service.setPaused(paused, callerOf(principal));
      return service.paused();
    },

    getCloud: async () => cloud.status(),
    pairCloud: (_principal, body, signal) => cloud.pair(body, signal),
    unpairCloud: () => cloud.unpair(),
    setCloudGrants: (_principal, grants) => cloud.setGrants(grants),

    subscribe: (_principal, listener) => service.subscribe((event) => listener(streamEvent(event, ownerOf))),
  };
}

function hubNotAsked(name: string, origin: string): AgentError {
  return new AgentError(
    'state_conflict',
    `The hub ${origin} can't be asked whether operators there depend on ${name}. Nothing was uninstalled.`,
    {
      hint: 'Try again once the link stands (fibric-edge cloud status). A person at this machine may do it all the same: fibric-edge connectors remove NAME --force, or in its window.',
      details: { reason: 'hub_unreachable', hub: origin },
    },
  );
}

function* journalPages(service: ConnectorService, span: JournalSpan): JournalExport['pages'] & Generator {
  for (const page of service.journalPages(span)) yield page.map(journalEntryObject);
}

/** A limit that names no connector would make a token that can do nothing, which is found out much later. */
function requireConnectors(service: ConnectorService, ids: readonly string[]): void {
  const known = new Set(service.list().map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing === undefined) return;
  throw new AgentError('invalid_parameter', `connectors: no connector ${missing} is installed here.`, {
    hint: 'List the connectors to see their ids.',
    details: { parameter: 'connectors' },
  });
}

/** Parsed JSON never holds `undefined`; the optional keys of a parsed object only look as if they could. */
function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
