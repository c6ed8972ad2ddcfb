import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** The stand-in's browser profiles in the temporary folder. */
export function profiles(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('electron-host-'));
}
