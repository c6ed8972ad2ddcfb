import { AgentError } from '../../drivers/kit/index.ts';
import { type WindowSessions, writeSignInPage } from '../access/index.ts';
import type { ConnectorsBackend } from '../api/index.ts';
import type { CloudCheckObject } from '../api/schemas/index.ts';
import type { Config } from '../config/index.ts';
import type { ConnectorService } from '../connectors/index.ts';
import type { Store } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { runDoctor } from './doctor.ts';
import type { AgentLog } from './log.ts';
import { readLogLines } from './log-lines.ts';
import { type AgentOrigin, describeSettings } from './settings.ts';

/** How long the health answer waits for a keychain that asks a person. */
const VAULT_CHECK_MS = 2_000;

/** What the machine's own part of the API is made of. */
export interface MachineParts {
  readonly service: ConnectorService;
  readonly store: Store;
  readonly vault: Vault;
  readonly config: Config;
  readonly dataDir: string;
  readonly runDir: string;
  /** Members of the agent's group may use the socket, so they may read sign-in pages too. */
  readonly forGroup: boolean;
  readonly log: AgentLog;
  readonly windows: WindowSessions;
  readonly version: string;
  readonly url: () => string;
  readonly origin: AgentOrigin;
  readonly walkToCloud: (signal: AbortSignal) => Promise<CloudCheckObject | null>;
}

/** Health, doctor, logs and sign-in pages of this machine. */
export function createMachine(
  parts: MachineParts,
): Pick<
  ConnectorsBackend,
  'getHealth' | 'getSettings' | 'runDoctor' | 'tailLogs' | 'createWindowTicket' | 'createWindowForm'
> {
  const { service, store, vault, log, windows, runDir, forGroup, version, url } = parts;
  const startedAt = new Date().toISOString();
  return {
    async getHealth() {
      const connectors = service.list();
      const failing = connectors.filter(({ status }) => status === 'error').length;
      const devices = await service.devices();
      const { epoch, acknowledged } = service.epoch();
      const unresolved = service
        .journal({ state: 'unknown', limit: 100 })
        .filter((entry) => entry.settlement === null).length;
      const problem = await vaultProblem(vault);
      const fault = store.fault();
      const waiting = service.approvals({ state: 'waiting', limit: 100 }).length;
      const needs = failing > 0 || unresolved > 0 || waiting > 0 || service.paused();
      const attention = needs || !acknowledged || fault !== null;
      return {
        object: 'health',
        status: attention ? 'attention' : 'ok',
        version,
        started_at: startedAt,
        paused: service.paused(),
        connectors: { total: connectors.length, connected: connectors.length - failing, error: failing },
        devices: { present: devices.filter((device) => device.present).length },
        vault: { provider: vault.provider, description: vault.description, available: problem === null, hint: problem },
        approvals: { waiting },
        journal: { epoch, acknowledged, unresolved },
        storage: { available: fault === null, hint: fault === null ? null : sentences(fault) },
      };
    },
    getSettings: async () => describeSettings(parts),
    runDoctor: (_principal, signal) => runDoctor(parts, signal),
    tailLogs: async (_principal, query) => readLogLines(log.recent(Number.POSITIVE_INFINITY), query),
    async createWindowTicket() {
      const ticket = windows.issueTicket();
      const { path } = await writeSignInPage({ runDir, forGroup, origin: url(), ticket });
      return { object: 'window_ticket', page_path: path, expires_at: ticket.expires_at };
    },
    async createWindowForm() {
      const { secret, expires_at } = windows.issueTicket();
      return { object: 'window_form', action: `${url()}/sign-in`, ticket: secret, expires_at };
    },
  };
}

/** What keeps the vault from working, for people; null when it works. */
async function vaultProblem(vault: Vault): Promise<string | null> {
  const late = new AgentError('vault_unavailable', 'The keychain does not answer.', {
    hint: 'It may wait for somebody to unlock it.',
  });
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late), VAULT_CHECK_MS);
  try {
    await Promise.race([vault.check(), promise]);
    return null;
  } catch (error) {
    return sentences(AgentError.from(error));
  } finally {
    clearTimeout(timer);
  }
}

function sentences({ message, hint }: AgentError): string {
  return [message, hint].filter(Boolean).join(' ');
}
