import { spawn } from 'node:child_process';
import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app } from 'electron/main';
import electronUpdater, { type AppUpdater } from 'electron-updater';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { UpdateEngine } from '../updates/engine.ts';
import { isSigned } from '../updates/signature.ts';

/** What the engine needs to know. */
export interface EngineParts {
  /** The folder with `latest*.yml`. */
  readonly url: string;
  /** The public key of whoever signs it. */
  readonly key: string;
  /** The shell's own folder. */
  readonly folder: string;
  /** The image this program was started from; null on other systems. */
  readonly appImage: string | null;
  /** What the program was started with. */
  readonly args: readonly string[];
}

/** Says nothing of who asks: the feed is the same for all. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Updates by electron-updater, with our own signature over what it is offered. Only for a way of `self`. */
export function createUpdateEngine({ url, key, folder, appImage, args }: EngineParts): UpdateEngine {
  let updater: AppUpdater | null = null;
  let fetched: string | null = null;
  let offered = false;
  const former = join(folder, 'former-version');

  const ready = (): AppUpdater => {
    if (updater !== null) return updater;
    mkdirSync(folder, { recursive: true });
    const feed = join(folder, 'update-feed.yml');
    // JSON is YAML.
    writeFileSync(feed, JSON.stringify({ provider: 'generic', url, updaterCacheDirName: 'fibric-edge-updater' }));
    const made = makeUpdater();
    made.updateConfigPath = feed;
    made.forceDevUpdateConfig = !app.isPackaged;
    made.logger = null;
    made.autoDownload = false;
    made.autoInstallOnAppQuit = false;
    made.disableWebInstaller = true;
    made.allowDowngrade = false;
    made.requestHeaders = { 'x-user-staging-id': NOBODY };
    // Every failure rejects the call that it belongs to as well.
    made.on('error', () => {});
    updater = made;
    return made;
  };

  /** Beside the old one and then over it: at no time is there no program. */
  const swap = (image: string, next: string): void => {
    const beside = join(dirname(image), `.${process.pid}.new`);
    try {
      copyFileSync(next, beside, constants.COPYFILE_FICLONE);
      chmodSync(beside, 0o755);
      renameSync(beside, image);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
    // The next one must find the lock free; this one does nothing more.
    app.releaseSingleInstanceLock();
    const { APPDIR: _dir, APPIMAGE: _image, ARGV0: _name, OWD: _from, ...environment } = process.env;
    spawn(image, [...args], { detached: true, stdio: 'ignore', env: environment }).unref();
  };

  return {
    async look() {
      const found = await ready().checkForUpdates().catch(rethrow);
      offered = false;
      if (found === null || !found.isUpdateAvailable) return null;
      if (!isSigned(found.updateInfo, key)) {
        throw new AgentError('refused', `Version ${found.updateInfo.version} is offered without a valid signature.`, {
          hint: 'Nothing was fetched. Tell whoever publishes your updates.',
        });
      }
      offered = true;
      return found.updateInfo.version;
    },
    async fetch(onPercent, signal) {
      if (!offered) throw new AgentError('state_conflict', 'Nothing was offered.');
      const made = ready();
      const token = new electronUpdater.CancellationToken();
      const cancel = () => token.cancel();
      const progress = ({ percent }: { readonly percent: number }) => onPercent(Math.floor(percent));
      signal.addEventListener('abort', cancel, { once: true });
      made.on('download-progress', progress);
      try {
        [fetched = null] = await made.downloadUpdate(token).catch(rethrow);
      } finally {
        made.off('download-progress', progress);
        signal.removeEventListener('abort', cancel);
      }
    },
    install() {
      if (fetched === null) throw new AgentError('state_conflict', 'Nothing was fetched.');
      if (appImage === null) {
        // Silent where the installer needs no administrator; where it does, the system asks.
        ready().quitAndInstall(true, true);
        return;
      }
      copyFileSync(appImage, `${former}.new`, constants.COPYFILE_FICLONE);
      renameSync(`${former}.new`, former);
      swap(appImage, fetched);
    },
    keepsFormer: () => appImage !== null && existsSync(former),
    putBack() {
      if (appImage === null || !existsSync(former))
        throw new AgentError('state_conflict', 'No version before is kept.');
      swap(appImage, former);
      rmSync(former, { force: true });
    },
  };
}

function makeUpdater(): AppUpdater {
  if (process.platform === 'win32') return new electronUpdater.NsisUpdater();
  if (process.platform === 'darwin') return new electronUpdater.MacUpdater();
  return new electronUpdater.AppImageUpdater();
}

/** What electron-updater throws, in words for people. */
function rethrow(error: unknown): never {
  const { code, message } =
    error instanceof Error ? (error as Error & { readonly code?: string }) : { message: String(error) };
  if (code === 'ERR_CHECKSUM_MISMATCH') {
    throw new AgentError('refused', 'What was fetched is not what was published: its checksum is wrong.', {
      hint: 'Nothing was installed. It is tried again later.',
    });
  }
  throw new AgentError('source_unreachable', `Updates could not be read: ${message.split('\n')[0]}`, {
    hint: 'Is the network up? It is tried again later.',
  });
}
