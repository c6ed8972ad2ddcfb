import { useEffect, useRef } from 'react';
import { currentDisplay } from './display.ts';
import type { Place } from './places.ts';
import { go } from './router.tsx';
import { scannerSeen } from './scanner-guard.ts';

/** After `g`, the letter has to come within this many milliseconds. */
const SECOND_KEY_MS = 1_500;
/** Keys nearer together than this are a scanner's. */
const FASTEST_PERSON_MS = 30;

/** Where `g` and a letter lead. */
export const placeKeys: Readonly<Record<string, Place>> = {
  h: { at: 'home' },
  a: { at: 'approvals', approvalId: null },
  y: { at: 'activity', rowId: null },
  c: { at: 'cloud' },
  s: { at: 'settings', section: 'general' },
  u: { at: 'support' },
};

/** Whether letters typed now belong to what has focus. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role="menu"]') !== null
  );
}

/** What the keys of the place that is shown do, the last that came first. */
const placeActions: { readonly key: string; readonly run: () => void }[] = [];

/** Has a key do something for as long as the component is shown. It never acts on a device. */
export function usePageKey(key: 't' | 'p', run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const action = { key, run: () => latest.current() };
    placeActions.unshift(action);
    return () => void placeActions.splice(placeActions.indexOf(action), 1);
  }, [key]);
}

/** Single keys that move about; none of them acts on a device, and none works while a dialog is open. */
export function usePlaceKeys({
  onHelp,
  onSearch,
  onSpeak,
}: {
  readonly onHelp: () => void;
  readonly onSearch: () => void;
  readonly onSpeak: () => void;
}): void {
  useEffect(() => {
    let pendingSinceMs: number | null = null;
    let lastKeyMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const fast = event.timeStamp - lastKeyMs < FASTEST_PERSON_MS;
      lastKeyMs = event.timeStamp;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (fast || scannerSeen() || currentDisplay().keys === 'off' || isTyping(event.target)) {
        pendingSinceMs = null;
        return;
      }
      if (document.querySelector('[role="dialog"]') !== null) return;
      const pending = pendingSinceMs !== null && event.timeStamp - pendingSinceMs < SECOND_KEY_MS;
      pendingSinceMs = null;
      const place = pending ? placeKeys[event.key] : undefined;
      if (place !== undefined) {
        event.preventDefault();
        go(place);
      } else if (event.key === 'g') pendingSinceMs = event.timeStamp;
      else if (event.key === '/') {
        event.preventDefault();
        onSearch();
      } else if (event.key === '?') {
        event.preventDefault();
        onHelp();
      } else if (event.key === 'v') {
        event.preventDefault();
        onSpeak();
      } else {
        const action = placeActions.find(({ key }) => key === event.key);
        if (action === undefined) return;
        event.preventDefault();
        action.run();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onHelp, onSearch, onSpeak]);
}
