import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import type { LinkCall } from '../../main/api/link/index.ts';
import { sampleTool } from '../../main/api/testing/samples.ts';
import { agentBusy, agentOffline, linkCut } from '../link/link-faults.ts';
import { readAsked } from './asked.ts';
import { answerFailure } from './failed-answer.ts';

const tools = [sampleTool('weight.read', false), sampleTool('relay.set', true)];
const relayed: LinkCall = { verb: 'mcp', connector_id: 'cn_1', method: 'POST', headers: {}, body: null };
const late = new AgentError('deadline_exceeded', 'The agent did not answer.');
const asked = (name: string, args: Record<string, unknown> = {}, revision = '2026-07-28') =>
  readAsked(
    'POST',
    revision,
    JSON.parse(JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: args } })),
    tools,
  );

describe('a side effect whose answer never came', () => {
  it.each([
    ['the link was cut', linkCut('bench', relayed), 'unknown', true],
    ['it was not over in time', late, 'unknown', true],
    ['the machine was away', agentOffline('bench', null), 'failed', false],
    ['the machine had too much to do', agentBusy('bench'), 'failed', false],
  ])('is a result with its key: %s', (_why, error, outcome, sent) => {
    const question = asked('relay_set', { relay: 1, on: true });
    const answer = answerFailure(error, question);
    expect(answer).toMatchObject({
      type: 'result',
      message: {
        jsonrpc: '2.0',
        id: 7,
        result: {
          isError: true,
          resultType: 'complete',
          structuredContent: { outcome, sent, idempotency_key: question.mintedKey },
        },
      },
    });
    expect(question.body).toMatchObject({ params: { arguments: { relay: 1, idempotency_key: question.mintedKey } } });
    if (outcome === 'unknown') expect(JSON.stringify(answer)).toContain('Do not try again with another key');
  });

  it('keeps the key of its caller', () => {
    const question = asked('relay.set', { relay: 1, idempotency_key: 'order-1' });
    expect(question.mintedKey).toBeNull();
    expect(answerFailure(linkCut('bench', relayed), question)).toMatchObject({
      message: { result: { structuredContent: { idempotency_key: 'order-1', outcome: 'unknown' } } },
    });
  });

  it('was surely not sent when it was only tried', () => {
    const question = asked('relay_set', { relay: 1, dry_run: true });
    expect(answerFailure(linkCut('bench', relayed), question)).toMatchObject({
      message: { result: { structuredContent: { outcome: 'failed', sent: false } } },
    });
  });

  it('says no more than former revisions know', () => {
    const answer = answerFailure(linkCut('bench', relayed), asked('relay_set', {}, '2025-11-25'));
    expect(JSON.stringify(answer)).not.toContain('resultType');
  });
});

describe('anything else that came to nothing', () => {
  it('is a result where a tool was asked to read', () => {
    expect(answerFailure(linkCut('bench', relayed), asked('weight_read'))).toMatchObject({
      type: 'result',
      message: {
        id: 7,
        result: { isError: true, _meta: { 'io.fibric.edge/error': { code: 'connector_upstream_error' } } },
      },
    });
  });

  it('is an error of the protocol with the id of its request', () => {
    const listed = readAsked('POST', undefined, { jsonrpc: '2.0', id: 'a', method: 'tools/list' }, tools);
    expect(answerFailure(agentOffline('bench', '2026-07-02T15:20:00.000Z'), listed)).toMatchObject({
      type: 'refusal',
      id: 'a',
      refusal: { status: 502, data: { code: 'connector_upstream_error', last_seen_at: '2026-07-02T15:20:00.000Z' } },
    });
    expect(answerFailure(new TypeError('ours'), listed)).toBeNull();
  });

  it('is a challenge where a grant is missing', () => {
    const error = new AgentError('insufficient_scope', 'The machine does not let its hub act.', {
      details: { grant: 'act' },
    });
    expect(answerFailure(error, asked('relay_set'))).toMatchObject({
      type: 'refusal',
      refusal: { status: 403, headers: { 'WWW-Authenticate': expect.stringContaining('scope="tools:act"') } },
    });
  });
});

describe('what is asked', () => {
  it('is a stream where nothing ends it, a batch or a notification none', () => {
    const listen = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: {} };
    expect(readAsked('POST', '2026-07-28', listen, tools).isStream).toBe(true);
    expect(readAsked('GET', '2025-11-25', null, tools).isStream).toBe(true);
    expect(readAsked('POST', undefined, [listen], tools)).toMatchObject({ isStream: false, id: null });
    const note = { jsonrpc: '2.0', method: 'notifications/initialized' };
    expect(readAsked('POST', undefined, note, tools)).toMatchObject({ isStream: false, id: null, call: null });
  });
});
