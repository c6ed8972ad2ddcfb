import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether the autostart file is there and not switched off by the desktop. */
export function isEntryOn(file: string): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return !/^(?:Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(text);
  } catch {
    return false;
  }
}

/** Writes the file, whole or not at all. */
export function writeEntry(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, content, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

/** Removes the file; one that is not there is fine. */
export function removeEntry(file: string): void {
  rmSync(file, { force: true });
}
