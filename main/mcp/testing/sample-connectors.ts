import { z } from 'zod';
import { readingShape } from '../../../drivers/kit/index.ts';
import type { Connector } from '../../connectors/index.ts';

type ToolDescription = Connector['tools'][number];

const json = z.record(z.string(), z.json());
const schemaOf = (schema: z.ZodObject) => json.parse(z.toJSONSchema(schema));

const readWeight: ToolDescription = {
  capability: 'weight.read',
  title: 'Read the weight',
  description: 'Asks the scale for its weight.',
  side_effect: false,
  input_schema: schemaOf(z.strictObject({ stable: z.boolean().optional() })),
  output_schema: schemaOf(z.object({ ...readingShape, unit: z.enum(['kg', 'g']) })),
  test_arguments: {},
  expected_interval_ms: 5_000,
  best_evidence: null,
  destructive: false,
  idempotent: true,
  boundable: [],
  min_confidence: null,
  stream: null,
};

const setRelay: ToolDescription = {
  capability: 'relay.set',
  title: 'Switch a relay',
  description: 'Switches one relay on or off.',
  side_effect: true,
  input_schema: schemaOf(z.strictObject({ channel: z.int().min(1).max(8), on: z.boolean() })),
  output_schema: schemaOf(z.object({ channel: z.int(), on: z.boolean() })),
  test_arguments: { channel: 1, on: false },
  expected_interval_ms: null,
  best_evidence: 'read_back',
  destructive: false,
  idempotent: true,
  boundable: ['channel'],
  min_confidence: 'port',
  stream: null,
};

/** A connector with a read and a side effect. */
export function sampleConnector(id: string, name: string): Connector {
  return {
    id,
    listing: 'cn-sample',
    name,
    kind: 'hardware',
    capabilities: ['relay.set', 'weight.read'],
    tools: [readWeight, setRelay],
    auth: { type: 'none', hint: null },
    status: 'connected',
    health: {
      state: 'ok',
      reason: null,
      message: null,
      hint: null,
      since: '2026-06-01T09:00:00.000Z',
      last_ok_at: '2026-06-01T10:00:00.000Z',
      cause_id: null,
    },
    created_at: '2026-06-01T09:00:00.000Z',
    last_synced_at: '2026-06-01T10:00:00.000Z',
    config: {},
    device: null,
    slug: name,
    simulated: false,
  };
}
