/** A key as Electron tells of it. */
export interface PressedKey {
  readonly key: string;
  readonly control: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
}

const editing = new Set(['a', 'c', 'v', 'x', 'z']);

/** Ctrl+Shift+L (Cmd+Shift+L): asks for the PIN. */
export function isUnlockKey({ key, control, meta, shift, alt }: PressedKey): boolean {
  return key.toLowerCase() === 'l' && shift && (control || meta) && !alt;
}

/** Whether a key may reach the page in kiosk mode: what writes and moves, and nothing that leads out of it or reloads it. */
export function isKioskKey({ key, control, alt, meta, shift }: PressedKey): boolean {
  if (/^F\d{1,2}$/.test(key)) return false;
  // AltGr arrives as both, and writes characters.
  if (control && alt) return key.length === 1;
  if (alt) return false;
  if (control || meta) return !shift && editing.has(key.toLowerCase());
  return true;
}
