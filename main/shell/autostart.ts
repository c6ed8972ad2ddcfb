import { join } from 'node:path';

/** What is known of how this program was started. */
export interface AutostartFacts {
  readonly platform: NodeJS.Platform;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The program itself. */
  readonly executable: string;
  /** Null when the program is a package; else the folder it is run from. */
  readonly appFolder: string | null;
}

/** How this system starts a program when somebody signs in. */
export type AutostartPlan =
  | { readonly way: 'login-item'; readonly path: string; readonly args: readonly string[] }
  | { readonly way: 'desktop-file'; readonly file: string; readonly content: string };

/** Given to a program that was started by the system: it stays in the tray. */
export const AUTOSTART_FLAG = '--autostart';

/** How to start this program at sign-in. `Electron.setLoginItemSettings` does nothing on Linux, so there it is a file. */
export function planAutostart(facts: AutostartFacts): AutostartPlan {
  const { platform, variables, home, executable, appFolder } = facts;
  const args = [...(appFolder === null ? [] : [appFolder]), AUTOSTART_FLAG];
  if (platform !== 'linux') return { way: 'login-item', path: executable, args };
  const configured = variables['XDG_CONFIG_HOME'];
  const configFolder = configured === undefined || !configured.startsWith('/') ? join(home, '.config') : configured;
  // An AppImage's own files are mounted anew at each start; only the image itself stays where it is.
  const program = variables['APPIMAGE'] ?? executable;
  return {
    way: 'desktop-file',
    file: join(configFolder, 'autostart', 'fibric-edge.desktop'),
    content: [
      '[Desktop Entry]',
      'Type=Application',
      'Name=Fibric Edge',
      'Comment=Devices of this computer: their state, in the tray',
      `Exec=${[program, ...args].map(quoteForExec).join(' ')}`,
      'Icon=fibric-edge-desktop',
      'Terminal=false',
      'X-GNOME-Autostart-enabled=true',
      '',
    ].join('\n'),
  };
}

/** One argument of an `Exec` key (Desktop Entry Specification 1.5, "The Exec key"): quoted, then escaped as a string value. */
export function quoteForExec(argument: string): string {
  const percent = argument.replaceAll('%', '%%');
  const quoted = /^[A-Za-z0-9_@+=:,./%-]+$/.test(percent) ? percent : `"${percent.replace(/["`$\\]/g, '\\$&')}"`;
  return quoted.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}
