import type { Words } from './language.ts';

/** How long ago, in words: `2 s ago`, `3 min ago`, `5 h ago`, `2 days ago`. Never negative. */
export function displayAge({ t }: Pick<Words, 't'>, at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1000));
  if (seconds < 60) return t('times.secondsAgo', { count: seconds });
  if (seconds < 3600) return t('times.minutesAgo', { count: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t('times.hoursAgo', { count: Math.floor(seconds / 3600) });
  return t('times.daysAgo', { count: Math.floor(seconds / 86_400) });
}

/** The time of day with seconds, and the date before it when it was another day. */
export function displayClock(at: string, locale: string, nowMs: number): string {
  const date = new Date(at);
  const sameDay = date.toDateString() === new Date(nowMs).toDateString();
  return sameDay
    ? date.toLocaleTimeString(locale, { timeStyle: 'medium' })
    : date.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A day: `12 Feb 2027`. */
export function displayDay(at: string, locale: string): string {
  return new Date(at).toLocaleDateString(locale, { dateStyle: 'medium' });
}

/** Whole seconds until then; 0 once it is over. */
export function secondsLeft(until: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1000));
}

/** Seconds as a countdown shows them: `1:42`. */
export function displayCountdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Whether a value is older than three of its intervals (and at least ten seconds), and so has to look old. */
export function isStale(at: string, expectedIntervalMs: number | null, nowMs: number): boolean {
  if (expectedIntervalMs === null) return false;
  return nowMs - Date.parse(at) > Math.max(10_000, 3 * expectedIntervalMs);
}
