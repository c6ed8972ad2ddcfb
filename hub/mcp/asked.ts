import { z } from 'zod';
import type { JsonValue } from '../../drivers/kit/index.ts';
import type { ToolObject } from '../../main/api/schemas/index.ts';
import { mintKey } from '../backend/agent-side.ts';

/** The first revision whose results say that they are whole. */
const STATELESS_REVISION = '2026-07-28';

const rpcId = z.union([z.string(), z.number()]);
const message = z.looseObject({ id: rpcId.optional(), method: z.string() });
const toolCall = z.looseObject({
  method: z.literal('tools/call'),
  params: z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.json()).optional() }),
});

/** A JSON-RPC id. */
export type RpcId = z.output<typeof rpcId>;

/** A call of a tool that the hub knows. */
export interface AskedCall {
  readonly tool: ToolObject;
  /** Of a side effect: the caller's key, or the one that the hub made. */
  readonly key: string | null;
  readonly isDryRun: boolean;
}

/** What a relayed request is about, as far as a hub looks. */
export interface Asked {
  /** Null for GET, DELETE, notifications and batches. */
  readonly id: RpcId | null;
  /** Whether its answer has no end of its own: notifications of a session, or what a listener subscribed to. */
  readonly isStream: boolean;
  /** Null for everything else, and for tools that are not known here. */
  readonly call: AskedCall | null;
  /** Whether the caller speaks 2026-07-28 or later. */
  readonly isStateless: boolean;
  /** As it goes to the machine: a side effect without a key gets one, so that the caller may ask again after a cut. */
  readonly body: JsonValue;
  readonly mintedKey: string | null;
}

/** Looks at a request; `body` is null but for POST. */
export function readAsked(
  method: 'GET' | 'POST' | 'DELETE',
  revision: string | undefined,
  body: JsonValue,
  tools: readonly ToolObject[],
): Asked {
  const single = message.safeParse(body);
  const plain: Asked = {
    id: single.data?.id ?? null,
    isStream: method === 'GET' || single.data?.method === 'subscriptions/listen',
    call: null,
    // Revisions are dates, which sort as text.
    isStateless: revision !== undefined && revision >= STATELESS_REVISION,
    body,
    mintedKey: null,
  };
  const called = toolCall.safeParse(body);
  if (!called.success) return plain;
  const { name, arguments: args = {} } = called.data.params;
  const tool = tools.find((candidate) => candidate.name === name || candidate.name.replaceAll('.', '_') === name);
  if (tool === undefined) return plain;
  if (!tool.side_effect) return { ...plain, call: { tool, key: null, isDryRun: false } };
  const given = args['idempotency_key'];
  const isDryRun = args['dry_run'] === true;
  if (given !== undefined) return { ...plain, call: { tool, key: typeof given === 'string' ? given : null, isDryRun } };
  const mintedKey = mintKey();
  const params = { ...called.data.params, arguments: { ...args, idempotency_key: mintedKey } };
  return {
    ...plain,
    call: { tool, key: mintedKey, isDryRun },
    body: z.json().parse({ ...called.data, params }),
    mintedKey,
  };
}
