import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { Device } from '../../hardware/index.ts';
import { jsonColumn } from '../../store/index.ts';
import type { Intent } from '../journal/intent.ts';
import { planToText } from '../journal/plan-text.ts';
import type { Policy } from '../policy/policy-terms.ts';

const decisionSchema = z.object({
  state: z.enum(['approved', 'denied', 'expired', 'void']),
  by: z.string().nullable(),
  note: z.string().nullable(),
  at: z.string(),
});

const termsSchema = z.object({
  caller_kind: z.enum(['local-admin', 'window', 'token', 'hub', 'rule']),
  requested_at: z.string(),
  expires_at: z.string(),
  /** SHA-256, hex; see {@link digestOf}. */
  digest: z.string(),
  device: z
    .object({
      id: z.string(),
      path: z.string(),
      unit: z.number().nullable(),
      product: z.string().nullable(),
      serial_number: z.string().nullable(),
      known_by: z.string(),
      simulated: z.boolean(),
    })
    .nullable(),
  decision: decisionSchema.nullable(),
});

/** What a person was asked to allow, and what they said. */
export type ApprovalTerms = z.output<typeof termsSchema>;

/** The column of `effects` that holds {@link ApprovalTerms}. */
export const approvalColumn = jsonColumn(termsSchema);

/** What an approval is bound to, beside the effect itself. */
export interface Circumstances {
  readonly approvalId: string;
  readonly expiresAt: string;
  readonly connectorName: string;
  readonly policy: Policy;
  readonly config: JsonObject;
  /** Null for a software source. */
  readonly device: Device | null;
}

/**
 * What an approval is good for, as SHA-256 in hex: connector, unit, tool, exact arguments, caller, the frames that would be
 * sent, the policy that asked, and the countdown (contract section 1, "Confirm"). Anything else has another digest.
 */
export function digestOf(
  intent: Intent,
  { approvalId, expiresAt, connectorName, policy, config, device }: Circumstances,
): string {
  const text = canonicalize({
    approval: { id: approvalId, expires_at: expiresAt },
    connector: { id: intent.connectorId, name: connectorName, policy, config },
    device: device === null ? null : evidenceOf(device),
    tool: intent.tool,
    arguments: intent.arguments,
    entity_key: intent.entityKey,
    caller: { id: intent.caller.id, kind: intent.caller.kind },
    plan: JSON.parse(planToText(intent.plan)),
  });
  if (text === undefined)
    throw new AgentError('internal_error', `An approval of ${intent.tool} has no canonical form.`);
  return createHash('sha256').update(text).digest('hex');
}

/** The evidence of which unit it is. A path is none where anything better is known: it may change with a restart. */
function evidenceOf({ id, unit, path, descriptor, identity }: Device): JsonObject {
  const { confidence, protocol_serial } = identity;
  return {
    id,
    unit,
    descriptor: { ...descriptor },
    confidence,
    protocol_serial,
    path: confidence === 'path' ? path : null,
  };
}

/** The unit as a person is shown it. */
export function shownDevice({
  id,
  path,
  unit,
  descriptor,
  identity,
  simulated,
}: Device): NonNullable<ApprovalTerms['device']> {
  return {
    id,
    path,
    unit,
    product: [descriptor.manufacturer, descriptor.product].filter((part) => part !== null).join(' ') || null,
    serial_number: identity.protocol_serial ?? descriptor.serial_number,
    known_by: identity.explanation,
    simulated,
  };
}
