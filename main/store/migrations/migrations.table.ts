import { journal001Effects } from './journal-001-effects.ts';
import { journal002Releases } from './journal-002-releases.ts';
import { journal003Approvals } from './journal-003-approvals.ts';
import { state001Tables } from './state-001-tables.ts';
import { state002Secrets } from './state-002-secrets.ts';
import { state003Operators } from './state-003-operators.ts';
import { state004ReadingHistory } from './state-004-reading-history.ts';
import { state005ReadingDevices } from './state-005-reading-devices.ts';
import { state006Streams } from './state-006-streams.ts';
import { state007Outbox } from './state-007-outbox.ts';
import { state008Registrations } from './state-008-registrations.ts';
import { state009HealthHistory } from './state-009-health-history.ts';
import { state010StreamDevices } from './state-010-stream-devices.ts';

/** Every step of `journal.db`, in order; the step's place, from 1, is the database's `user_version` after it. */
export const journalMigrations: readonly string[] = [journal001Effects, journal002Releases, journal003Approvals];
/** Every step of `state.db`, likewise. */
export const stateMigrations: readonly string[] = [
  state001Tables,
  state002Secrets,
  state003Operators,
  state004ReadingHistory,
  state005ReadingDevices,
  state006Streams,
  state007Outbox,
  state008Registrations,
  state009HealthHistory,
  state010StreamDevices,
];
