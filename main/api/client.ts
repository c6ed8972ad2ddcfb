import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { AgentError, type ErrorCode, errorCodes, type JsonObject } from '../../drivers/kit/index.ts';
import { readServerSentEvents } from './client-events.ts';
import { type ClientTarget, createClientTransport, explain, readText } from './client-transport.ts';
import * as wire from './schemas/index.ts';

export type { ClientTarget } from './client-transport.ts';

const IDENTIFY_MS = 330_000;

/** What a request may carry beside its body. */
export interface ClientRequestOptions {
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

/** Makes a client of the agent's API. Every answer is checked; an error in the envelope rejects as the `AgentError` it was. */
export function createApiClient(target: ClientTarget) {
  const transport = createClientTransport(target);

  const send = async (
    method: string,
    path: string,
    body?: object,
    options: ClientRequestOptions & { readonly accept?: string } = {},
  ): Promise<IncomingMessage> => {
    const response = await transport.send({
      method,
      path,
      body,
      timeoutMs: options.timeoutMs ?? 60_000,
      signal: options.signal,
      headers: {
        ...(options.idempotencyKey === undefined ? {} : { 'Idempotency-Key': options.idempotencyKey }),
        ...(options.accept === undefined ? {} : { Accept: options.accept }),
      },
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw readEnvelope(await readText(response, target, options.signal), status);
  };
  const ask = async <Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: object,
    options?: ClientRequestOptions,
  ): Promise<z.output<Schema>> => {
    const response = await send(method, path, body, options);
    return check(schema, parseJson(await readText(response, target, options?.signal)), `${method} ${path}`);
  };
  /** Every item of a list, page after page. */
  const all = async <Item extends z.ZodType>(item: Item, path: string, filter: object = {}) => {
    const items: z.output<Item>[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: z.output<Item>[]; next_cursor: string | null } = await ask(
        wire.listOf(item),
        'GET',
        `${path}${queryOf(cursor === null ? filter : { ...filter, cursor })}`,
      );
      items.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return items;
  };
  /** A POST that is answered in steps, then with the whole. */
  const inSteps = async <T extends z.ZodType>(
    path: string,
    body: object,
    options: ClientRequestOptions,
    answer: { readonly step: readonly [string, (data: unknown) => void]; readonly whole: readonly [string, T] },
  ): Promise<z.output<T>> => {
    const response = await send('POST', path, body, { ...options, accept: 'text/event-stream' });
    for await (const { name, data } of eventsOf(response, target, options.signal)) {
      if (name === answer.step[0]) answer.step[1](parseJson(data));
      else if (name === answer.whole[0]) return check(answer.whole[1], parseJson(data), path);
      else if (name === 'error') throw readEnvelope(data, 0);
    }
    throw explain(new Error('the answer ended early'), target, options.signal);
  };
  const connector = (id: string, rest = '') => `/v1/connectors/${encodeURIComponent(id)}${rest}`;
  const device = (id: string, rest = '') => `/v1/devices/${encodeURIComponent(id)}${rest}`;

  return {
    /** Any route, answered as plain JSON. */
    request: (method: string, path: string, body?: object, options?: ClientRequestOptions): Promise<JsonObject> =>
      ask(wire.jsonObjectSchema, method, path, body, options),

    listListings: () => all(wire.listingSchema, '/v1/listings'),
    listDevices: () => all(wire.deviceSchema, '/v1/devices'),
    getDevice: (id: string) => ask(wire.deviceSchema, 'GET', device(id)),
    /** Asks who is there; `onProgress` hears of each way of asking as it begins. */
    async identifyDevice(
      id: string,
      body: wire.IdentifyBody = {},
      options: ClientRequestOptions & { readonly onProgress?: (progress: wire.IdentifyProgressObject) => void } = {},
    ): Promise<wire.IdentifyReportObject> {
      const { onProgress } = options;
      const path = device(id, '/identify');
      // Every family in all its ways, each silent until its time is up.
      const patient = { timeoutMs: IDENTIFY_MS, ...options };
      if (onProgress === undefined) return ask(wire.identifyReportSchema, 'POST', path, body, patient);
      return inSteps(path, body, patient, {
        step: ['progress', (data) => onProgress(check(wire.identifyProgressSchema, data, path))],
        whole: ['report', wire.identifyReportSchema],
      });
    },
    checkDeviceAddress: (address: string, options?: ClientRequestOptions) =>
      ask(wire.addressCheckSchema, 'POST', '/v1/devices/check-address', { address }, options),
    addDevice: (address: string) => ask(wire.deviceSchema, 'POST', '/v1/devices', { address }),
    removeDevice: (id: string) => ask(wire.deletedDeviceSchema, 'DELETE', device(id)),
    confirmDevice: (id: string) => ask(wire.deviceSchema, 'POST', device(id, '/confirm')),

    /** Every one that matches, newest first. */
    listConnectors: (filter: wire.ConnectorListFilter = {}) =>
      all(wire.connectorSummarySchema, '/v1/connectors', { ...filter, limit: 100 }),
    getConnector: (id: string) => ask(wire.connectorSchema, 'GET', connector(id)),
    installConnector: (body: wire.InstallBody, options?: ClientRequestOptions) =>
      ask(wire.installedConnectorSchema, 'POST', '/v1/connectors', body, options),
    updateConnector: (id: string, body: wire.UpdateBody, options?: ClientRequestOptions) =>
      ask(wire.connectorSchema, 'PATCH', connector(id), body, options),
    removeConnector: (id: string, { force = false }: { readonly force?: boolean } = {}) =>
      ask(wire.deletedConnectorSchema, 'DELETE', connector(id, force ? '?force=true' : '')),
    listConnectorTests: (id: string) => all(wire.testRecordSchema, connector(id, '/tests'), { limit: 100 }),
    listConnectorTools: (id: string) => all(wire.toolSchema, connector(id, '/tools')),
    listReadings: (id: string) => all(wire.readingSchema, connector(id, '/readings')),
    /** How a connector was; by default in the last 24 hours. */
    getHealthTimeline: (id: string, query: wire.HealthTimelineQuery = {}) =>
      ask(wire.healthTimelineSchema, 'GET', connector(id, `/health${queryOf(query)}`)),
    getWireLog: (id: string, query: Partial<wire.WireLogQuery> = {}) =>
      ask(wire.wireLogSchema, 'GET', connector(id, `/wire${queryOf(query)}`)),
    recordWire: (id: string, body: wire.WireRecordingBody) =>
      ask(wire.wireLogSchema, 'PUT', connector(id, '/wire'), body),
    clearWireLog: (id: string) => ask(wire.wireLogSchema, 'DELETE', connector(id, '/wire')),
    /** Parts of the log as they come, what is kept first. Ends with the connector; rejects with `cancelled` when `signal` aborts. */
    async *followWireLog(id: string, options: { readonly after?: string; readonly signal?: AbortSignal } = {}) {
      const { after, signal } = options;
      const path = connector(id, `/wire/stream${queryOf({ after })}`);
      const response = await send('GET', path, undefined, {
        accept: 'text/event-stream',
        ...(signal === undefined ? {} : { signal }),
      });
      for await (const { name, data } of eventsOf(response, target, signal)) {
        if (name === 'wire') yield check(wire.wireLogSchema, parseJson(data), path);
      }
    },
    getPolicy: (id: string) => ask(wire.policySchema, 'GET', connector(id, '/policy')),
    setPolicy: (id: string, policy: wire.PolicyObject) =>
      ask(wire.policySchema, 'PUT', connector(id, '/policy'), policy),
    applyInstallRules: (again?: string) =>
      ask(
        wire.listOf(wire.connectorSummarySchema),
        'POST',
        '/v1/install-rules/apply',
        again === undefined ? {} : { again },
      ),
    callTool: (
      id: string,
      body: { readonly tool: string; readonly arguments?: JsonObject },
      options?: ClientRequestOptions,
    ) => ask(wire.callAnswerSchema, 'POST', connector(id, '/call'), body, options),

    previewTool: (
      id: string,
      body: { readonly tool: string; readonly arguments?: JsonObject },
      options?: ClientRequestOptions,
    ) => ask(wire.pictureSchema, 'POST', connector(id, '/preview'), body, options),

    /** Runs a test; `onResult` hears of each tool as it is done. `tools`: all of them when absent. */
    async testConnector(
      id: string,
      options: ClientRequestOptions & {
        readonly tools?: readonly string[] | undefined;
        readonly onResult?: (result: wire.ToolTestResultObject) => void;
      } = {},
    ): Promise<wire.TestAnswer> {
      const body = options.tools === undefined ? {} : { tools: options.tools };
      const path = connector(id, '/test');
      if (options.onResult === undefined) return ask(wire.testAnswerSchema, 'POST', path, body, options);
      const { onResult } = options;
      return inSteps(path, body, options, {
        step: ['result', (data) => onResult(check(wire.toolTestResultSchema, data, path))],
        whole: ['test', wire.testAnswerSchema],
      });
    },

    /** Every one that matches, newest first. */
    listOperators: (filter: wire.OperatorFilter = {}) =>
      all(wire.operatorSchema, '/v1/operators', { ...filter, limit: 100 }),
    createOperator: (body: wire.OperatorBody, options?: ClientRequestOptions) =>
      ask(wire.operatorSchema, 'POST', '/v1/operators', body, options),
    updateOperator: (id: string, change: wire.OperatorChange) =>
      ask(wire.operatorSchema, 'PATCH', `/v1/operators/${encodeURIComponent(id)}`, change),
    removeOperator: (id: string) =>
      ask(wire.deletedOperatorSchema, 'DELETE', `/v1/operators/${encodeURIComponent(id)}`),
    listCapabilities: () => all(wire.capabilityUseSchema, '/v1/capabilities'),

    /** One page of the journal, newest first. */
    listJournal: (query: wire.JournalListFilter & { readonly limit?: number; readonly cursor?: string } = {}) =>
      ask(wire.listOf(wire.journalEntrySchema), 'GET', `/v1/journal${queryOf(query)}`),
    getJournalEntry: (id: string) => ask(wire.journalEntrySchema, 'GET', `/v1/journal/${encodeURIComponent(id)}`),
    settleJournalEntry: (id: string, body: wire.SettleBody) =>
      ask(wire.journalEntrySchema, 'POST', `/v1/journal/${encodeURIComponent(id)}/settle`, body),
    /** The bytes of an export as they come; whether they are whole is the reader's to verify. */
    async *exportJournal(filter: wire.JournalExportFilter = {}, options: ClientRequestOptions = {}) {
      const response = await send('GET', `/v1/journal/export${queryOf(filter)}`, undefined, options);
      yield* chunksOf(response, target, options.signal);
    },
    acknowledgeJournal: () => ask(wire.journalEpochSchema, 'POST', '/v1/journal/acknowledge'),

    /** One page of the approvals, newest first. */
    listApprovals: (query: wire.ApprovalListFilter & { readonly limit?: number; readonly cursor?: string } = {}) =>
      ask(wire.listOf(wire.approvalSchema), 'GET', `/v1/approvals${queryOf(query)}`),
    getApproval: (id: string) => ask(wire.approvalDetailSchema, 'GET', `/v1/approvals/${encodeURIComponent(id)}`),
    approve: (id: string, body: wire.ApprovalDecisionBody = {}) =>
      ask(wire.approvalSchema, 'POST', `/v1/approvals/${encodeURIComponent(id)}/approve`, body),
    deny: (id: string, body: wire.ApprovalDecisionBody = {}) =>
      ask(wire.approvalSchema, 'POST', `/v1/approvals/${encodeURIComponent(id)}/deny`, body),
    getApprovalPin: () => ask(wire.approvalPinSchema, 'GET', '/v1/approvals/pin'),
    setApprovalPin: (body: wire.ApprovalPinBody) => ask(wire.approvalPinSchema, 'PUT', '/v1/approvals/pin', body),

    createToken: (body: wire.TokenBody) => ask(wire.createdTokenSchema, 'POST', '/v1/tokens', body),
    listTokens: () => all(wire.tokenSchema, '/v1/tokens'),
    revokeToken: (id: string) => ask(wire.tokenSchema, 'DELETE', `/v1/tokens/${encodeURIComponent(id)}`),

    getOutbox: () => ask(wire.outboxSchema, 'GET', '/v1/outbox'),
    getFibricCloud: () => ask(wire.fibricCloudSchema, 'GET', '/v1/cloud/fibric'),
    setFibricKey: (key: string) => ask(wire.fibricCloudSchema, 'PUT', '/v1/cloud/fibric/key', { key }),
    removeFibricKey: () => ask(wire.fibricCloudSchema, 'DELETE', '/v1/cloud/fibric/key'),
    getHealth: () => ask(wire.agentHealthSchema, 'GET', '/v1/health'),
    getPause: () => ask(wire.pauseSchema, 'GET', '/v1/pause'),
    setPause: (paused: boolean) => ask(wire.pauseSchema, 'PUT', '/v1/pause', { paused }),
    getSettings: () => ask(wire.settingsSchema, 'GET', '/v1/settings'),
    runDoctor: () => ask(wire.doctorReportSchema, 'GET', '/v1/doctor'),
    tailLogs: (query: Partial<wire.LogsQuery> = {}) =>
      ask(wire.listOf(wire.logLineSchema), 'GET', `/v1/logs${queryOf(query)}`),
    createWindowTicket: () => ask(wire.windowTicketSchema, 'POST', '/v1/window/tickets'),
    createWindowForm: () => ask(wire.windowFormSchema, 'POST', '/v1/window/forms'),

    getKioskPin: () => ask(wire.kioskPinSchema, 'GET', '/v1/kiosk/pin'),
    setKioskPin: (body: wire.KioskPinBody) => ask(wire.kioskPinSchema, 'PUT', '/v1/kiosk/pin', body),
    unlockKiosk: (pin: string) => ask(wire.kioskUnlockSchema, 'POST', '/v1/kiosk/unlock', { pin }),

    getCloud: () => ask(wire.cloudSchema, 'GET', '/v1/cloud'),
    beginPairing: (body: wire.PairBody) => ask(wire.cloudSchema, 'POST', '/v1/cloud/pairing', body),
    endPairing: () => ask(wire.cloudSchema, 'DELETE', '/v1/cloud/pairing'),
    setCloudGrants: (grants: wire.Grants) => ask(wire.cloudSchema, 'PUT', '/v1/cloud/grants', { grants }),
    getCloudNetwork: () => ask(wire.cloudNetworkSchema, 'GET', '/v1/cloud/network'),
    setCloudProxy: (body: wire.CloudProxyBody) => ask(wire.cloudNetworkSchema, 'PUT', '/v1/cloud/proxy', body),
    removeCloudProxy: () => ask(wire.cloudNetworkSchema, 'DELETE', '/v1/cloud/proxy'),
    setCloudAuthorities: (pem: string) => ask(wire.cloudNetworkSchema, 'PUT', '/v1/cloud/authorities', { pem }),
    removeCloudAuthorities: () => ask(wire.cloudNetworkSchema, 'DELETE', '/v1/cloud/authorities'),
    checkCloud: (body: wire.CloudCheckBody) => ask(wire.cloudCheckSchema, 'POST', '/v1/cloud/check', body),

    // Of a hub.
    listTenants: () => all(wire.tenantSchema, '/v1/tenants'),
    createTenant: (name: string) => ask(wire.tenantSchema, 'POST', '/v1/tenants', { name }),
    listKeys: () => all(wire.keySchema, '/v1/keys'),
    createKey: (body: wire.KeyBody) => ask(wire.createdKeySchema, 'POST', '/v1/keys', body),
    revokeKey: (id: string) => ask(wire.keySchema, 'DELETE', `/v1/keys/${encodeURIComponent(id)}`),
    listAgents: () => all(wire.agentSchema, '/v1/agents'),
    revokeAgent: (id: string) => ask(wire.agentSchema, 'DELETE', `/v1/agents/${encodeURIComponent(id)}`),
    createPageTicket: () => ask(wire.pageTicketSchema, 'POST', '/v1/page/tickets'),
    getPairing: (code: string) => ask(wire.pairingSchema, 'GET', `/v1/pairings/${encodeURIComponent(code)}`),
    approvePairing: (code: string, body: wire.PairingApproval) =>
      ask(wire.pairingSchema, 'POST', `/v1/pairings/${encodeURIComponent(code)}/approve`, body),
    denyPairing: (code: string) => ask(wire.pairingSchema, 'POST', `/v1/pairings/${encodeURIComponent(code)}/deny`, {}),
    listEnrolments: () => all(wire.enrolmentSchema, '/v1/enrolments'),
    createEnrolment: (body: wire.EnrolmentBody) => ask(wire.createdEnrolmentSchema, 'POST', '/v1/enrolments', body),
    revokeEnrolment: (id: string) => ask(wire.enrolmentSchema, 'DELETE', `/v1/enrolments/${encodeURIComponent(id)}`),

    /**
     * What happens from now on. `onOpen` is called once the subscription stands: what is fetched after it misses
     * nothing. Ends when the agent closes the stream; rejects with `cancelled` when `signal` aborts. Events of a type
     * this version does not know are left out.
     */
    async *events(options: { readonly signal?: AbortSignal; readonly onOpen?: () => void } = {}) {
      const response = await send('GET', '/v1/stream', undefined, { ...options, accept: 'text/event-stream' });
      options.onOpen?.();
      for await (const { name, data } of eventsOf(response, target, options.signal)) {
        if (!streamTypes.has(name)) continue;
        const event: wire.StreamEvent = check(wire.streamEventSchema, parseJson(data), 'GET /v1/stream');
        yield event;
      }
    },

    /** Ends its connections; idempotent. */
    close: () => transport.close(),
  };
}

/** A client of the agent's API. */
export type ApiClient = ReturnType<typeof createApiClient>;

const streamTypes = new Set<string>(wire.streamEventSchema.options.map(({ shape }) => shape.type.value));

async function* chunksOf(response: IncomingMessage, target: ClientTarget, signal?: AbortSignal) {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw explain(error, target, signal);
  }
}

async function* eventsOf(response: IncomingMessage, target: ClientTarget, signal?: AbortSignal) {
  try {
    yield* readServerSentEvents(response);
  } catch (error) {
    throw explain(error, target, signal);
  }
}

function queryOf(parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AgentError('internal_error', 'The agent answered with something that is not JSON.', { cause: error });
  }
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AgentError(
    'internal_error',
    `The agent's answer to ${what} has another form than expected: ${z.prettifyError(parsed.error)}`,
    {
      hint: 'Command and agent may be of different versions: restart the agent.',
    },
  );
}

function readEnvelope(text: string, status: number): AgentError {
  const parsed = wire.errorEnvelopeSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    return new AgentError('internal_error', `The agent answered with status ${status} and no error envelope.`);
  }
  const { code, message, details = {}, request_id } = parsed.data.error;
  const { hint, ...facts } = details;
  return new AgentError(isKnown(code) ? code : 'internal_error', message, {
    ...(typeof hint === 'string' ? { hint } : {}),
    details: { ...facts, request_id, ...(isKnown(code) ? {} : { code }) },
  });
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
