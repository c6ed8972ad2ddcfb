import { access, constants, readdir, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AgentError } from '../../drivers/kit/index.ts';
import type { CloudCheckObject, DoctorReport } from '../api/schemas/index.ts';
import type { Config } from '../config/index.ts';
import type { ConnectorService } from '../connectors/index.ts';
import { findPortHolder, findTakenAdapters } from '../hardware/index.ts';
import type { Store } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { advice, brlttyCheck, findBrlttyRules, modemManagerCheck, type Theft } from './port-thieves.ts';

type Check = DoctorReport['checks'][number];

const LEAST_FREE_BYTES = 200 * 1024 * 1024;

/** What the doctor looks at. */
export interface DoctorParts {
  readonly service: ConnectorService;
  readonly store: Store;
  readonly vault: Vault;
  readonly config: Config;
  readonly dataDir: string;
  /** Walks the way to the cloud of this machine; null: it has none. */
  readonly walkToCloud: (signal: AbortSignal) => Promise<CloudCheckObject | null>;
}

/** Looks at everything that commonly keeps devices from working, and says what would mend it. Sends nothing to any device. */
export async function runDoctor(
  { service, store, vault, config, dataDir, walkToCloud }: DoctorParts,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const brlttyRules = await findBrlttyRules();
  const checks = await Promise.all([
    vaultCheck(vault),
    diskCheck(dataDir),
    storageCheck(store),
    journalCheck(service, dataDir),
    listingCheck(config),
    walkToCloud(signal).then(cloudCheck),
    ...(await deviceChecks(service, brlttyRules)),
    ...service.list().map(connectorCheck),
    findProgram('ModemManager').then((isThere) => modemManagerCheck(isThere, process.platform)),
    findThefts().then(async (thefts) =>
      brlttyCheck(thefts, await findProgram('brltty'), brlttyRules, process.platform),
    ),
  ]);
  return { object: 'doctor_report', checks: checks.filter((check) => check !== null) };
}

const ok = (id: string, title: string, message: string): Check => ({
  id,
  title,
  result: 'ok',
  message,
  hint: null,
  command: null,
});

async function findThefts(): Promise<readonly Theft[]> {
  const found = findTakenAdapters().map(async (adapter) => ({ adapter, holder: await findPortHolder(adapter.node) }));
  return Promise.all(found);
}

async function vaultCheck(vault: Vault): Promise<Check> {
  try {
    await vault.check();
    return ok('vault', 'Secrets', `Kept in: ${vault.description}.`);
  } catch (error) {
    const { message, hint } = AgentError.from(error);
    return { id: 'vault', title: 'Secrets', result: 'attention', message, hint: hint ?? null, command: null };
  }
}

async function diskCheck(dataDir: string): Promise<Check> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const message = `${Math.round(free / 1024 / 1024)} MB free where the agent keeps its data.`;
  if (free >= LEAST_FREE_BYTES) return ok('disk', 'Disk', message);
  return {
    id: 'disk',
    title: 'Disk',
    result: 'error',
    message,
    hint: 'Free some space: on a full disk side effects are refused.',
    command: null,
  };
}

function storageCheck(store: Store): Check {
  const fault = store.fault();
  if (fault === null) return ok('storage', 'Storage', 'What happens is stored.');
  const { message, hint = null } = fault;
  return { id: 'storage', title: 'Storage', result: 'error', message, hint, command: null };
}

async function journalCheck(service: ConnectorService, dataDir: string): Promise<Check> {
  const { epoch, acknowledged } = service.epoch();
  if (acknowledged) return ok('journal', 'Journal', `Whole since it began (${epoch}).`);
  const kept = (await readdir(dataDir)).filter((name) => /^journal\.db\.kept-[^-]+$/.test(name)).sort();
  const last = kept.at(-1);
  return {
    id: 'journal',
    title: 'Journal',
    result: 'error',
    message:
      'The record of earlier actions was lost or damaged, so actions are locked.' +
      (last === undefined ? '' : ` What was found is kept as ${join(dataDir, last)}.`),
    hint: 'Look at the devices, since what was done last is not known; then take note of the loss.',
    command: 'fibric-edge journal acknowledge',
  };
}

/** How far the way to the cloud goes, or null when there is no cloud. */
function cloudCheck(check: CloudCheckObject | null): Check | null {
  if (check === null) return null;
  const { origin, proxy, steps } = check;
  const way = `${origin}${proxy === null ? '' : ` through ${proxy}`}`;
  const failed = steps.find(({ result }) => result === 'failed');
  const fine = steps.filter(({ result }) => result === 'ok').map(({ step }) => step);
  if (failed === undefined) return ok('cloud', 'Cloud', `${way}: ${fine.join(', ')} are well.`);
  const before = fine.length === 0 ? '' : `Well: ${fine.join(', ')}. `;
  return {
    id: 'cloud',
    title: 'Cloud',
    result: 'error',
    message: `${way}: ${before}Failed: ${failed.step}. ${failed.message}`,
    hint: failed.hint,
    command: null,
  };
}

async function listingCheck(config: Config): Promise<Check> {
  if (!config.discover)
    return ok('ports', 'Listing of ports', 'Off in the configuration; only configured paths are used.');
  if (process.platform !== 'linux' || (await findProgram('udevadm')))
    return ok('ports', 'Listing of ports', 'The system lists its serial ports.');
  return {
    id: 'ports',
    title: 'Listing of ports',
    result: 'attention',
    message: 'udevadm is missing; ports are read from /sys and plugging is seen later.',
    hint: 'Install udev.',
    command: 'sudo apt-get install udev',
  };
}

async function deviceChecks(service: ConnectorService, brlttyRules: readonly string[]): Promise<Check[]> {
  const devices = await service.devices();
  if (devices.length === 0) {
    return [
      {
        id: 'devices',
        title: 'Devices',
        result: 'attention',
        message: 'No serial device is seen.',
        hint: 'Is it switched on? Try another cable (some only charge), and another socket without a hub. On-board ports and PTYs are named in the configuration.',
        command: null,
      },
    ];
  }
  return devices.map((device) => {
    const title = device.descriptor.product ?? device.path;
    if (device.problem !== null) {
      const { message, hint } = device.problem;
      const advised = device.holder === null ? { hint, command: null } : advice(device.holder.name, brlttyRules, hint);
      return { id: `device:${device.id}`, title, result: 'error', message, ...advised };
    }
    if (device.holder !== null && service.ownerOf(device.id) === null) {
      const message = `${device.path} is used by ${device.holder.name} (process ${device.holder.pid}).`;
      return {
        id: `device:${device.id}`,
        title,
        result: 'attention',
        message,
        ...advice(device.holder.name, brlttyRules),
      };
    }
    return ok(
      `device:${device.id}`,
      title,
      `${device.path}${device.present ? '' : ', not plugged in'}. ${device.recognition.reason}`,
    );
  });
}

function connectorCheck({ id, name, health }: ReturnType<ConnectorService['list']>[number]): Check {
  if (health.state !== 'error')
    return ok(
      `connector:${id}`,
      name,
      health.last_ok_at === null ? 'Not tried yet.' : `Answered at ${health.last_ok_at}.`,
    );
  return {
    id: `connector:${id}`,
    title: name,
    result: 'error',
    message: health.message ?? health.reason ?? 'Not working.',
    hint: health.hint,
    command: null,
  };
}

async function findProgram(name: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
