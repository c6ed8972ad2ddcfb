import { useEffect } from 'react';

/** A person's keys are further apart; a scanner in keyboard mode types digits and Enter faster. */
const FASTEST_PERSON_MS = 30;
/** Nobody types letters or digits at a button: who did so lately is a scanner, however slow the machine is. */
const AFTER_TYPING_MS = 1_000;

/** Keeps what a scanner types from pressing a button. */
export function useScannerGuard(): void {
  useEffect(() => {
    let lastKeyMs = Number.NEGATIVE_INFINITY;
    let typedAtButtonMs = Number.NEGATIVE_INFINITY;
    const guard = (event: KeyboardEvent) => {
      const { key, target, timeStamp } = event;
      const fast = timeStamp - lastKeyMs < FASTEST_PERSON_MS || timeStamp - typedAtButtonMs < AFTER_TYPING_MS;
      lastKeyMs = timeStamp;
      if (!(target instanceof HTMLButtonElement)) return;
      if (key.length === 1 && key !== ' ') typedAtButtonMs = timeStamp;
      if (!fast || (key !== 'Enter' && key !== ' ')) return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', guard, true);
    return () => document.removeEventListener('keydown', guard, true);
  }, []);
}
