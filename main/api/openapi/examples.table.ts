import type { JsonObject } from '../../../drivers/kit/index.ts';

/** One request as the document shows it. Ids in it stand for what the test of the examples puts there. */
export interface RouteExample {
  readonly operationId: string;
  /** Unique within its operation. */
  readonly name: string;
  /** For people: what it shows. */
  readonly summary: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly status: number;
  /** Who asks; default a token with every scope, and the local socket where tokens can't. */
  readonly as?: 'token' | 'nobody';
}

const scale = { id: 'cn_7d2f4a' };
const relay = { id: 'cn_1b9e03' };
const printer = { id: 'cn_4e8a55' };
const device = { id: 'dev_5b1c20' };
const install = {
  listing: 'cn-scale-sics',
  name: 'front-scale',
  auth: { type: 'none' },
  config: { device: 'dev_5b1c20' },
};

/**
 * The examples of the document, each of which a test sends to a running agent. The answers in `answers.table.ts` were
 * recorded by that test: `RECORD_EXAMPLES=1 npm test -- test/whole/api-examples`.
 */
export const routeExamples: readonly RouteExample[] = [
  { operationId: 'listListings', name: 'all', summary: 'The catalogue', status: 200 },
  {
    operationId: 'listConnectors',
    name: 'byCapability',
    summary: 'Who can read a weight',
    query: { capability: 'weight.read' },
    status: 200,
  },
  {
    operationId: 'listConnectors',
    name: 'firstPage',
    summary: 'The first page, with the cursor of the next',
    query: { kind: 'hardware', limit: '1' },
    status: 200,
  },
  {
    operationId: 'listConnectors',
    name: 'unknownCapability',
    summary: 'Nobody fulfils it: an empty list',
    query: { capability: 'coffee.brew' },
    status: 200,
  },
  {
    operationId: 'listConnectors',
    name: 'limitOutOfRange',
    summary: 'A limit is never clamped',
    query: { limit: '101' },
    status: 400,
  },
  {
    operationId: 'listConnectors',
    name: 'foreignCursor',
    summary: 'A cursor belongs to the query that made it',
    query: { cursor: 'cur_Zm9yZWlnbg' },
    status: 400,
  },
  { operationId: 'listConnectors', name: 'noToken', summary: 'Without a token', as: 'nobody', status: 401 },
  {
    operationId: 'installConnector',
    name: 'scale',
    summary: 'A scale on a device that was found',
    headers: { 'Idempotency-Key': 'install-front-scale' },
    body: install,
    status: 201,
  },
  {
    operationId: 'installConnector',
    name: 'replayed',
    summary: 'The same key and body again: the first answer, as 200',
    headers: { 'Idempotency-Key': 'install-front-scale' },
    body: install,
    status: 200,
  },
  {
    operationId: 'installConnector',
    name: 'otherBody',
    summary: 'The same key with another body',
    headers: { 'Idempotency-Key': 'install-front-scale' },
    body: { ...install, name: 'rear-scale' },
    status: 409,
  },
  {
    operationId: 'installConnector',
    name: 'authAbsent',
    summary: 'Without auth, which even a device must say it needs none of',
    body: { listing: 'cn-scale-sics' },
    status: 400,
  },
  {
    operationId: 'installConnector',
    name: 'unknownListing',
    summary: 'A listing that is not in the catalogue here',
    body: { listing: 'cn-toaster', auth: { type: 'none' } },
    status: 404,
  },
  {
    operationId: 'installConnector',
    name: 'wrongAuthType',
    summary: 'Credentials of another type than the listing takes',
    body: { listing: 'cn-magento', auth: { type: 'none' }, config: { base_url: 'https://store.example.com' } },
    status: 400,
  },
  {
    operationId: 'installConnector',
    name: 'earlyAccess',
    summary: 'A listing that is not self-serve yet',
    body: { listing: 'cn-shopify', auth: { type: 'api_key', key: 'key-of-the-shop' } },
    status: 422,
  },
  {
    operationId: 'installConnector',
    name: 'nameTaken',
    summary: 'A name that another connector has',
    body: { ...install, name: 'relay-board' },
    status: 409,
  },
  { operationId: 'getConnector', name: 'scale', summary: 'A scale', params: scale, status: 200 },
  {
    operationId: 'getConnector',
    name: 'unknown',
    summary: 'An id that does not exist, or is out of the sight of this token',
    params: { id: 'cn_000000' },
    status: 404,
  },
  {
    operationId: 'updateConnector',
    name: 'rename',
    summary: 'Another name',
    params: scale,
    body: { name: 'dock-scale' },
    status: 200,
  },
  { operationId: 'removeConnector', name: 'scale', summary: 'Uninstall', params: scale, status: 200 },
  {
    operationId: 'removeConnector',
    name: 'inUse',
    summary: 'An active operator depends on it alone',
    params: scale,
    status: 409,
  },
  { operationId: 'testConnector', name: 'all', summary: 'Every tool', params: relay, status: 200 },
  {
    operationId: 'testConnector',
    name: 'some',
    summary: 'A subset of the tools',
    params: scale,
    body: { tools: ['weight.read', 'scale.zero'] },
    status: 200,
  },
  {
    operationId: 'testConnector',
    name: 'unknownTool',
    summary: 'A tool this connector does not have',
    params: scale,
    body: { tools: ['coffee.brew'] },
    status: 400,
  },
  {
    operationId: 'testConnector',
    name: 'unplugged',
    summary: 'The device is not there',
    params: scale,
    status: 502,
  },
  {
    operationId: 'listConnectorTests',
    name: 'last',
    summary: 'The last test',
    params: scale,
    query: { limit: '1' },
    status: 200,
  },
  { operationId: 'listConnectorTools', name: 'scale', summary: 'What a scale can do', params: scale, status: 200 },
  { operationId: 'listConnectorReadings', name: 'scale', summary: 'Its last weight', params: scale, status: 200 },
  { operationId: 'getConnectorPolicy', name: 'relays', summary: 'What its relays may do', params: relay, status: 200 },
  {
    operationId: 'setConnectorPolicy',
    name: 'bounded',
    summary: 'Allowed for relays 1 to 4, five times a minute',
    params: relay,
    body: {
      default: 'deny',
      tools: {
        'relay.set': {
          decision: 'allow',
          bounds: { relay: { min_value: 1, max_value: 4 } },
          rate: { count: 5, per_ms: 60_000 },
        },
      },
    },
    status: 200,
  },
  {
    operationId: 'setConnectorPolicy',
    name: 'byToken',
    summary: 'Tokens can not, whatever their scopes',
    params: relay,
    body: { default: 'allow', tools: {} },
    as: 'token',
    status: 403,
  },
  { operationId: 'applyInstallRules', name: 'all', summary: 'Run the rules of the configuration', status: 200 },
  {
    operationId: 'callTool',
    name: 'read',
    summary: 'Read a weight',
    params: scale,
    body: { tool: 'weight.read' },
    status: 200,
  },
  {
    operationId: 'callTool',
    name: 'act',
    summary: 'Switch a relay, safely repeatable by its key',
    params: relay,
    headers: { 'Idempotency-Key': 'order-1042-open' },
    body: { tool: 'relay.set', arguments: { relay: 1, on: true } },
    status: 200,
  },
  {
    operationId: 'callTool',
    name: 'dryRun',
    summary: 'Check that it could be switched, and switch nothing',
    params: relay,
    body: { tool: 'relay.set', arguments: { relay: 1, on: true, dry_run: true } },
    status: 200,
  },
  {
    operationId: 'callTool',
    name: 'unknownArgument',
    summary: 'An argument the tool does not have: nothing runs',
    params: relay,
    body: { tool: 'relay.set', arguments: { relay: 1, on: true, colour: 'red' } },
    status: 200,
  },
  {
    operationId: 'previewTool',
    name: 'receipt',
    summary: 'See a receipt before it is printed',
    params: printer,
    body: { tool: 'receipt.print', arguments: { content: [{ type: 'text', text: 'Hello' }] } },
    status: 200,
  },
  {
    operationId: 'previewTool',
    name: 'nothingToSee',
    summary: 'A relay makes nothing that could be shown',
    params: relay,
    body: { tool: 'relay.set', arguments: { relay: 1, on: true } },
    status: 422,
  },
  { operationId: 'listOperators', name: 'all', summary: 'All of them', status: 200 },
  {
    operationId: 'createOperator',
    name: 'packing',
    summary: 'Packing needs a weight and a label',
    body: { name: 'packing', capabilities: ['label.print', 'weight.read'] },
    status: 201,
  },
  { operationId: 'getOperator', name: 'one', summary: 'One', params: { id: 'op_8f2a1c' }, status: 200 },
  {
    operationId: 'updateOperator',
    name: 'pause',
    summary: 'Pause it, so that its connectors may be exchanged',
    params: { id: 'op_8f2a1c' },
    body: { status: 'paused' },
    status: 200,
  },
  { operationId: 'removeOperator', name: 'one', summary: 'Forget it', params: { id: 'op_8f2a1c' }, status: 200 },
  { operationId: 'listCapabilities', name: 'all', summary: 'Who fulfils and who needs what', status: 200 },
  { operationId: 'listDevices', name: 'all', summary: 'What is plugged in', status: 200 },
  { operationId: 'getDevice', name: 'scale', summary: 'One device', params: device, status: 200 },
  {
    operationId: 'identifyDevice',
    name: 'scale',
    summary: 'Ask it with the questions of a driver',
    params: device,
    body: { listing: 'cn-scale-sics' },
    status: 200,
  },
  {
    operationId: 'confirmDevice',
    name: 'scale',
    summary: 'A person has looked: this is the right unit',
    params: device,
    status: 200,
  },
  {
    operationId: 'listJournal',
    name: 'ofOneConnector',
    summary: 'What the relay board did last',
    query: { connector_id: 'cn_1b9e03', limit: '1' },
    status: 200,
  },
  {
    operationId: 'exportJournal',
    name: 'header',
    summary: 'The first line, which says what the copy is of',
    query: { since: '2026-01-01T00:00:00Z' },
    status: 200,
  },
  {
    operationId: 'getJournalEntry',
    name: 'unknownOutcome',
    summary: 'A switch whose answer never came',
    params: { id: 'jr_9a3f10' },
    status: 200,
  },
  {
    operationId: 'settleJournalEntry',
    name: 'happened',
    summary: 'A person saw that the relay is on',
    params: { id: 'jr_9a3f10' },
    body: { answer: 'happened', note: 'Lamp 1 is lit.' },
    status: 200,
  },
  {
    operationId: 'acknowledgeJournal',
    name: 'acknowledge',
    summary: 'After a loss of the journal; changes nothing where nothing was lost',
    status: 200,
  },
  {
    operationId: 'createToken',
    name: 'limited',
    summary: 'A token for one program, limited to one connector',
    body: {
      name: 'packing-station',
      scopes: ['tools:read', 'tools:act'],
      connectors: ['cn_1b9e03'],
      expires_in_ms: 2_592_000_000,
    },
    status: 201,
  },
  {
    operationId: 'createToken',
    name: 'unknownScope',
    summary: 'A scope that does not exist',
    body: { name: 'x', scopes: ['tools:all'] },
    status: 400,
  },
  { operationId: 'listTokens', name: 'all', summary: 'All of them, without their secrets', status: 200 },
  {
    operationId: 'revokeToken',
    name: 'one',
    summary: 'End one; its streams close at once',
    params: { id: 'tok_3e7d55' },
    status: 200,
  },
  { operationId: 'getHealth', name: 'now', summary: 'How it is now', status: 200 },
  { operationId: 'getPause', name: 'now', summary: 'Whether it is paused', status: 200 },
  { operationId: 'setPause', name: 'pause', summary: 'Stop every side effect', body: { paused: true }, status: 200 },
  { operationId: 'runDoctor', name: 'now', summary: 'Look at everything', status: 200 },
  { operationId: 'tailLogs', name: 'last', summary: 'The last line', query: { limit: '1' }, status: 200 },
  { operationId: 'createWindowTicket', name: 'ticket', summary: 'A page that signs a browser in', status: 201 },
  { operationId: 'streamEvents', name: 'reading', summary: 'A weight, the moment it was read', status: 200 },
  { operationId: 'getOpenApi', name: 'document', summary: 'This document', status: 200 },
];
