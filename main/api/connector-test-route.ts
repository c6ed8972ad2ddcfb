import { describeError } from './errors.ts';
import { defineRoute, ok, type Reply, type Route } from './route.ts';
import {
  type TestAnswer,
  type TestRecordObject,
  type ToolTestResultObject,
  testAnswerSchema,
  testBodySchema,
} from './schemas/index.ts';
import { openEventPipe } from './sse.ts';
import { requireConnector } from './token-limits.ts';

/**
 * The test. Asked with `Accept: text/event-stream` (ours) it tells each `result` as it comes, then the whole as `test`,
 * or an `error` with the envelope.
 */
export const connectorTestRoute: Route = defineRoute({
  method: 'POST',
  path: '/connectors/{id}/test',
  operationId: 'testConnector',
  summary: 'Test a connector: reads for real, side effects as a dry run',
  scopes: ['connectors:write'],
  rateClass: 'connectors',
  ours: false,
  body: testBodySchema,
  bodyRequired: false,
  answers: testAnswerSchema,
  async handle({ backend, principal, params: { id = '' }, body, signal, request }) {
    requireConnector(principal, id);
    const run = (onResult?: (result: ToolTestResultObject) => void) =>
      backend.testConnector(principal, id, body.tools ?? null, signal, onResult);
    if (/\btext\/event-stream\b/i.test(request.headers.accept ?? '')) {
      return withProgress(run, [signal, principal.ended]);
    }
    return ok(answerOf(await run()));
  },
});

function withProgress(
  run: (onResult: (result: ToolTestResultObject) => void) => Promise<TestRecordObject>,
  signals: readonly AbortSignal[],
): Reply {
  return {
    kind: 'stream',
    async write(response, requestId) {
      const pipe = openEventPipe(response, {
        heartbeatMs: 15_000,
        maxQueued: 1000,
        signals,
        gap: (lost) => ({ name: 'gap', data: { lost } }),
      });
      try {
        const record = await run((result) => pipe.send('result', result));
        pipe.send('test', answerOf(record));
      } catch (error) {
        pipe.send('error', describeError(error, requestId).envelope);
      } finally {
        pipe.close();
      }
    },
  };
}

function answerOf(record: TestRecordObject): TestAnswer {
  const { object, connector_id, status, results, tested_at } = record;
  return { object, connector_id, status, results, tested_at };
}
