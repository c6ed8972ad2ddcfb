import { parseArgs } from 'node:util';

/** How the program was started. */
export interface ShellOptions {
  /** The agent's data folder, where it is not the usual one: then a service of the machine is left alone. */
  readonly data: string | null;
  /** The agent's configuration file. */
  readonly config: string | null;
  /** The agent's port on loopback. */
  readonly port: string | null;
  /** Where the shell keeps its own settings. */
  readonly userData: string | null;
  readonly kiosk: boolean;
  /** Started by the system at sign-in: no window. */
  readonly autostart: boolean;
}

/** Reads the arguments after the program's own; what Chromium and the desktop add is left alone. */
export function readOptions(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): ShellOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      config: { type: 'string' },
      port: { type: 'string' },
      'user-data-dir': { type: 'string' },
      kiosk: { type: 'boolean' },
      autostart: { type: 'boolean' },
    },
  });
  const text = (value: string | boolean | undefined) => (typeof value === 'string' && value !== '' ? value : null);
  return {
    data: text(values.data),
    config: text(values.config) ?? text(variables['FIBRIC_EDGE_CONFIG']),
    port: text(values.port) ?? text(variables['FIBRIC_EDGE_PORT']),
    userData: text(values['user-data-dir']),
    kiosk: values.kiosk === true,
    autostart: values.autostart === true,
  };
}
