/** The program that people install: it starts before Electron is ready, and does here only what has to come before. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron/main';
import { createApiClient } from '../../api/client.ts';
import { dataFolder, serviceRuntimeFolder, socketPath } from '../../api/local-socket.ts';
import { loadConfig } from '../../config/index.ts';
import { watchAgent } from '../agent-watch.ts';
import { systemClock } from '../clock.ts';
import type { DesktopListener, WindowListener } from '../desktop.ts';
import { type AgentPlace, findAgent } from '../find-agent.ts';
import { openIncidentLog } from '../incidents.ts';
import { readOptions } from '../options.ts';
import { openSettings } from '../settings.ts';
import { createShell, type Shell, type ShellParts } from '../shell.ts';
import { createSupervisor } from '../supervisor.ts';
import { readRelease } from '../updates/release.ts';
import type { UpdateMode } from '../updates/update-facts.ts';
import { updateWay } from '../updates/update-way.ts';
import { forkAgent } from './agent-child.ts';
import { createElectronDesktop } from './electron-desktop.ts';
import { createUpdateEngine } from './electron-updates.ts';

/** Where the package puts the machine's service. */
const SERVICE_UNITS = ['/usr/lib/systemd/system/fibric-edge.service', '/etc/systemd/system/fibric-edge.service'];

const options = readOptions(process.argv.slice(app.isPackaged ? 1 : 2), process.env);
if (options.userData !== null) app.setPath('userData', options.userData);
app.setAppUserModelId('io.fibric.edge');
app.enableSandbox();

const settings = openSettings(join(app.getPath('userData'), 'shell.json'));
if (settings.get().software_drawing) app.disableHardwareAcceleration();

if (app.requestSingleInstanceLock()) void app.whenReady().then(run);
else app.quit();

function run(): void {
  const folder = dataFolder(options.data ?? undefined, process.env);
  // The agent takes no folder that others may enter.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const own: AgentPlace = { socketPath: socketPath(folder), isService: false };
  const mayBeService = options.data === null && process.platform === 'linux';
  const service: AgentPlace = { socketPath: join(serviceRuntimeFolder, 'agent.sock'), isService: true };
  const logFolder = join(folder, 'logs');
  const incidents = openIncidentLog(join(logFolder, 'shell.log'), Date.now);

  // Electron speaks to the shell and the shell to Electron: what is heard before both stand is of no use.
  let shell: Shell | null = null;
  const heard =
    <Args extends readonly unknown[]>(tell: (shell: Shell, ...args: Args) => void) =>
    (...args: Args): void => {
      if (shell !== null) tell(shell, ...args);
    };
  const listener: DesktopListener & WindowListener = {
    request: (request, sender) =>
      shell?.request(request, sender) ??
      Promise.resolve({ ok: false, code: 'closed', message: 'The shell is starting.', hint: null }),
    tray: heard((to, command) => to.tray(command)),
    noteClicked: heard((to, place) => to.noteClicked(place)),
    shownAgain: heard((to, argv) => to.shownAgain(argv)),
    woke: heard((to) => to.woke()),
    quitAsked: heard((to) => to.quitAsked()),
    signedOut: heard((to) => to.signedOut()),
    died: heard((to, what, facts) => to.died(what, facts)),
    unresponsive: heard((to) => to.unresponsive()),
    visibilityChanged: heard((to) => to.visibilityChanged()),
    unlockKeys: heard((to) => to.unlockKeys()),
    refused: heard((to, what, address) => to.refused(what, address)),
  };
  shell = createShell({
    clock: systemClock,
    desktop: createElectronDesktop(listener),
    incidents,
    settings,
    logFolder,
    kioskAsked: options.kiosk,
    updates: updateParts(),
    makeSupervisor: (onState) =>
      createSupervisor({
        clock: systemClock,
        incidents,
        onState,
        find: (signal) =>
          findAgent(mayBeService ? [own, service] : [own], {
            serviceInstalled: () => SERVICE_UNITS.some((unit) => existsSync(unit)),
            signal,
          }),
        fork: () => forkAgent({ dataDir: folder, config: options.config, port: options.port }),
        connect: () => createApiClient({ socketPath: own.socketPath }),
        watch: (api, signal, tell) => watchAgent(api, { clock: systemClock, signal, tell }),
      }),
  });
  shell.start({ show: !options.autostart });
}

/** How updates get to where this program lies. */
function updateParts(): ShellParts['updates'] {
  const { platform, env } = process;
  // What is not packaged has nothing to update; a test puts a package's own file in its place.
  const pretended = !app.isPackaged && env['FIBRIC_EDGE_TEST_SEAM'] === '1' ? env['FIBRIC_EDGE_RELEASE'] : undefined;
  const releaseFile = pretended ?? join(process.resourcesPath ?? '', 'release.json');
  const packaged = app.isPackaged || pretended !== undefined;
  const appImage = platform === 'linux' && env['APPIMAGE']?.startsWith('/') === true ? env['APPIMAGE'] : null;
  const way = updateWay({ platform, packaged, appImage, release: packaged ? readRelease(releaseFile) : null });
  const folder = app.getPath('userData');
  const args = process.argv.slice(1);
  return {
    way: way.way,
    mode: updateMode(),
    engine: way.way === 'self' ? createUpdateEngine({ ...way, folder, appImage, args }) : null,
    versionInPlace: () => (packaged ? (readRelease(releaseFile)?.version ?? null) : null),
  };
}

/** A configuration that can't be used is told of by the agent. */
function updateMode(): UpdateMode {
  try {
    return loadConfig(options.config).updates.desktop;
  } catch {
    return 'ask';
  }
}
