import { decodeCursor, toList } from './pagination.ts';
import { defineRoute, ok, type Route } from './route.ts';
import {
  approvalDecisionBodySchema,
  approvalDetailSchema,
  approvalPinBodySchema,
  approvalPinSchema,
  approvalSchema,
  approvalsQuerySchema,
  listOf,
} from './schemas/index.ts';

const rateClass = 'approvals';

/** What people at this machine are asked to allow. No bearer token gets here, whatever its scopes (contract section 1). */
export const approvalsRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/approvals',
    operationId: 'listApprovals',
    summary: 'What a person is, or was, asked to allow; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    query: approvalsQuerySchema,
    answers: listOf(approvalSchema),
    async handle({ backend, principal, query: { limit, cursor, ...filter } }) {
      const position = cursor === undefined ? null : decodeCursor('approvals', filter, cursor);
      return ok(toList('approvals', filter, await backend.listApprovals(principal, filter, { limit, position })));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/approvals/pin',
    operationId: 'getApprovalPin',
    summary: 'Whether approvals need a PIN; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    answers: approvalPinSchema,
    handle: async ({ backend, principal }) => ok(await backend.getApprovalPin(principal)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/approvals/pin',
    operationId: 'setApprovalPin',
    summary: 'Set, change or remove the PIN of approvals; over the local socket only',
    scopes: ['approvals:write'],
    reach: 'socket',
    rateClass,
    body: approvalPinBodySchema,
    answers: approvalPinSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.setApprovalPin(principal, body)),
  }),
  defineRoute({
    method: 'GET',
    path: '/approvals/{id}',
    operationId: 'getApproval',
    summary: 'One approval, with a picture of what would be printed; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    answers: approvalDetailSchema,
    handle: async ({ backend, principal, params: { id = '' } }) => ok(await backend.getApproval(principal, id)),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/{id}/approve',
    operationId: 'approve',
    // An approval is good once by itself, and nothing made of a body with a PIN is kept.
    idempotent: false,
    summary: 'Allow it: it is done at once, and once; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    body: approvalDecisionBodySchema,
    answers: approvalSchema,
    handle: async ({ backend, principal, params: { id = '' }, body }) => ok(await backend.approve(principal, id, body)),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/{id}/deny',
    operationId: 'deny',
    // An approval is good once by itself, and nothing made of a body with a PIN is kept.
    idempotent: false,
    summary: 'Do not allow it; on this machine only',
    scopes: ['approvals:write'],
    reach: 'machine',
    rateClass,
    body: approvalDecisionBodySchema,
    answers: approvalSchema,
    handle: async ({ backend, principal, params: { id = '' }, body }) => ok(await backend.deny(principal, id, body)),
  }),
];
