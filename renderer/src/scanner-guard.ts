import { useEffect } from 'react';

/** A person's keys are further apart; a scanner in keyboard mode types digits and Enter faster. */
const FASTEST_PERSON_MS = 30;

/** Keeps what a scanner types from pressing a button: a key that comes within 30 ms of the one before never reaches one. */
export function useScannerGuard(): void {
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY;
    const guard = (event: KeyboardEvent) => {
      const fast = event.timeStamp - last < FASTEST_PERSON_MS;
      if (event.type === 'keydown') last = event.timeStamp;
      if (!fast || !(event.target instanceof HTMLButtonElement)) return;
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', guard, true);
    return () => document.removeEventListener('keydown', guard, true);
  }, []);
}
