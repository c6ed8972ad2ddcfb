import { useEffect, useSyncExternalStore } from 'react';

/** A person's keys are further apart; a scanner in keyboard mode types digits and Enter faster. */
const FASTEST_PERSON_MS = 30;
/** Nobody types letters or digits at a button: who did so lately is a scanner, however slow the machine is. */
const AFTER_TYPING_MS = 1_000;
/** So many fast characters in a row are no person drumming on the keys. */
const CHARACTERS_OF_A_CODE = 6;

/** Something that can be pressed, but is not typed into. */
function isPressable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target instanceof HTMLButtonElement ||
    target instanceof HTMLAnchorElement ||
    target.tagName === 'SUMMARY' ||
    (target instanceof HTMLInputElement && ['checkbox', 'radio', 'submit', 'button'].includes(target.type)) ||
    target.closest('[role="menuitem"], [role="tab"]') !== null
  );
}

let seen = false;
const listeners = new Set<() => void>();

/** Whether a scanner has typed into this page since it was opened: single keys are off from then on. */
export function scannerSeen(): boolean {
  return seen;
}

/** As {@link scannerSeen}; the component is drawn again when it changes. */
export function useScannerSeen(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, scannerSeen);
}

/** Keeps what a scanner types from pressing a button, and notices that there is one. */
export function useScannerGuard(): void {
  useEffect(() => {
    let lastKeyMs = Number.NEGATIVE_INFINITY;
    let typedAtButtonMs = Number.NEGATIVE_INFINITY;
    let fastCharacters = 0;
    const guard = (event: KeyboardEvent) => {
      const { key, target, timeStamp, repeat } = event;
      const near = timeStamp - lastKeyMs < FASTEST_PERSON_MS && !repeat;
      const fast = near || timeStamp - typedAtButtonMs < AFTER_TYPING_MS;
      lastKeyMs = timeStamp;
      fastCharacters = near && key.length === 1 ? fastCharacters + 1 : 0;
      if (fastCharacters >= CHARACTERS_OF_A_CODE && !seen) {
        seen = true;
        for (const listener of listeners) listener();
      }
      if (!isPressable(target)) return;
      if (key.length === 1 && key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey)
        typedAtButtonMs = timeStamp;
      if (!fast || (key !== 'Enter' && key !== ' ')) return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', guard, true);
    return () => document.removeEventListener('keydown', guard, true);
  }, []);
}
