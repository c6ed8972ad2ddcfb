import { defineRoute, ok, type Route } from './route.ts';
import { kioskPinBodySchema, kioskPinSchema, kioskUnlockBodySchema, kioskUnlockSchema } from './schemas/index.ts';

const rateClass = 'machine';

/** The PIN that a screen in kiosk mode is left with; over the local socket only, where the shell asks. */
export const kioskRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/kiosk/pin',
    operationId: 'getKioskPin',
    summary: 'Whether kiosk mode has a PIN; on this machine only',
    scopes: ['connectors:read'],
    reach: 'machine',
    rateClass,
    answers: kioskPinSchema,
    handle: async ({ backend, principal }) => ok(await backend.getKioskPin(principal)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/kiosk/pin',
    operationId: 'setKioskPin',
    summary: 'Set, change or remove the PIN of kiosk mode; over the local socket only',
    scopes: ['policy:write'],
    reach: 'socket',
    rateClass,
    body: kioskPinBodySchema,
    answers: kioskPinSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.setKioskPin(principal, body)),
  }),
  defineRoute({
    method: 'POST',
    path: '/kiosk/unlock',
    operationId: 'unlockKiosk',
    // Each try counts, and nothing made of a body with a PIN is kept.
    idempotent: false,
    summary: 'Try the PIN of kiosk mode; over the local socket only',
    scopes: ['connectors:read'],
    reach: 'socket',
    rateClass,
    body: kioskUnlockBodySchema,
    answers: kioskUnlockSchema,
    handle: async ({ backend, principal, body }) => ok(await backend.unlockKiosk(principal, body.pin)),
  }),
];
