import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { McpClient } from './clients.table.ts';

/** The system a client runs on, and where a person's files are there. */
export interface ClientSystem {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What a file would become. */
export interface FileChange {
  readonly file: string;
  /** Null when there is no such file yet. */
  readonly before: string | null;
  readonly after: string;
  /** Whether a server of this name, but another kind, is replaced. */
  readonly replaces: boolean;
}

/** The file of a client on this system. Throws `not_supported` where it has none. */
export function clientFile({ file, title }: McpClient, { platform, home, variables }: ClientSystem): string {
  const parts = platform === 'linux' || platform === 'darwin' || platform === 'win32' ? file?.[platform] : undefined;
  if (parts === undefined) {
    throw new AgentError('not_supported', `It is not known where ${title} keeps its configuration on this system.`, {
      hint: 'Add --print, and put what it prints where your client looks.',
    });
  }
  const folders: Readonly<Record<string, string>> = {
    '{home}': home,
    '{config}': variables['XDG_CONFIG_HOME'] || join(home, '.config'),
    '{appdata}': variables['APPDATA'] || join(home, 'AppData', 'Roaming'),
  };
  return join(...parts.map((part) => folders[part] ?? part));
}

/** By hand, since a schema would leave out a member named `__proto__`: nothing of a person's file may be lost. */
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The file with one server added or replaced, and everything else as it was. Throws `invalid_configuration` for a file that is no plain JSON. */
export function addServer(file: string, member: McpClient['member'], name: string, entry: object): FileChange {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const content = before === null || before.trim() === '' ? {} : readObject(before, file);
  const servers = content[member] ?? {};
  if (!isObject(servers)) throw unusable(file, `"${member}" in it is no object`);
  const { [name]: existing, ...others } = servers;
  const indent = /^\{\r?\n([ \t]+)/.exec(before ?? '')?.[1] ?? '  ';
  const after = `${JSON.stringify({ ...content, [member]: { ...others, [name]: entry } }, null, indent)}\n`;
  return {
    file,
    before,
    after,
    replaces: existing !== undefined && JSON.stringify(existing) !== JSON.stringify(entry),
  };
}

/** Writes it, whole or not at all, and keeps what was there beside it. Returns the path of that copy. */
export function writeChange({ file, before, after }: FileChange, at: Date, secret: boolean): string | null {
  // A link to a file in a collection of settings stays a link.
  const target = before === null ? file : realpathSync(file);
  mkdirSync(dirname(target), { recursive: true });
  const backup = before === null ? null : `${target}.backup-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  if (backup !== null) copyFileSync(target, backup);
  const scratch = `${target}.${randomBytes(6).toString('hex')}`;
  const mode = secret || before === null ? 0o600 : statSync(target).mode & 0o777;
  writeFileSync(scratch, after, { mode, flag: 'wx' });
  renameSync(scratch, target);
  return backup;
}

function readObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw unusable(file, 'it is not plain JSON (comments, or a comma too many?)');
  }
  if (!isObject(value)) throw unusable(file, 'it holds no JSON object');
  return value;
}

function unusable(file: string, why: string): AgentError {
  return new AgentError('invalid_configuration', `${file} was left as it is: ${why}.`, {
    hint: 'Run the command again with --print, and add what it prints by hand.',
  });
}
