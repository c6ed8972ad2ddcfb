import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const settingsSchema = z.object({
  /** Full screen, with no way out but the PIN. */
  kiosk: z.boolean().default(false),
  /** Drawn by the processor: read before the window exists, since the GPU process is started with it. */
  software_drawing: z.boolean().default(false),
  /** When each lasting trouble was last told, in milliseconds since 1970. */
  told_at: z.record(z.string(), z.number()).default({}),
  /** An update that was begun and is not judged yet. */
  update: z.object({ from: z.string(), to: z.string(), put_back: z.boolean() }).nullable().default(null),
  /** Versions that did not work here; not installed again by themselves. */
  failed_versions: z.array(z.string()).default([]),
});
/** What the shell remembers over a restart. */
export type ShellSettings = Readonly<z.output<typeof settingsSchema>>;

/** The shell's own settings, in one small file. */
export interface SettingsFile {
  get(): ShellSettings;
  /** Whole or not at all. What can't be written holds until the shell ends. */
  change(change: Partial<ShellSettings>): void;
}

/** Reads the file; one that is missing or spoilt is the defaults, and is not touched before something changes. */
export function openSettings(file: string): SettingsFile {
  let settings = read(file);
  return {
    get: () => settings,
    change(change) {
      settings = settingsSchema.parse({ ...settings, ...change });
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(`${file}.new`, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
        renameSync(`${file}.new`, file);
      } catch {
        // A disk that takes no more must not take the tray with it.
      }
    },
  };
}

function read(file: string): ShellSettings {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return settingsSchema.parse({});
  }
}
