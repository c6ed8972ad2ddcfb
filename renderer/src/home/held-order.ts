import { useCallback, useEffect, useRef, useState } from 'react';
import type { Group, Row } from './groups.ts';

/** A list that nobody uses is put in order this long after it was last used, in milliseconds. */
const REST_MS = 5_000;

interface Held {
  readonly groups: readonly Group[];
  /** How many entries would stand elsewhere if the list were put in order. */
  readonly moved: number;
}

/**
 * `wanted` in the places of `shown`: what a person is pointing at stays where it is, though it shows how it is now. What is
 * new comes at the end of its group (a new device at the top of its own), what is gone goes.
 */
export function holdOrder(shown: readonly Group[], wanted: readonly Group[]): Held {
  const now = new Map(
    wanted.flatMap(({ key, rows }) => rows.map((row, index) => [row.id, { row, key, index }] as const)),
  );
  const known = new Set(shown.flatMap(({ rows }) => rows.map(({ id }) => id)));
  let moved = 0;
  const groups = wanted.map(({ key, rows }): Group => {
    const before = shown.find((group) => group.key === key)?.rows ?? [];
    const kept = before.flatMap(({ id }): readonly Row[] => {
      const found = now.get(id);
      if (found === undefined) return [];
      if (found.key !== key) moved += 1;
      return [found.row];
    });
    const added = rows.filter(({ id }) => !known.has(id));
    const inGroup = kept.filter(({ id }) => now.get(id)?.key === key).map(({ id }) => now.get(id)?.index ?? 0);
    moved += inGroup.filter((index, place) => place > 0 && index < Math.max(...inGroup.slice(0, place))).length;
    return { key, rows: key === 'new' ? [...added, ...kept] : [...kept, ...added] };
  });
  return { groups, moved };
}

/** Keeps a list from moving while a pointer, a finger or the focus is in it, and five seconds after. */
export function useHeldOrder(
  wanted: readonly Group[],
  /** What the list stands in, once it is there. */
  element: HTMLElement | null,
  /** Another list: a filter was chosen, so the person asked for another order. */
  asked: string,
): Held & { readonly sortNow: () => void } {
  const shown = useRef<{ groups: readonly Group[]; asked: string }>({ groups: wanted, asked });
  const usedUntil = useRef(0);
  const inside = useRef(false);
  const [, redraw] = useState(0);

  useEffect(() => {
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const rest = () => {
      inside.current = element.matches(':hover') || element.contains(document.activeElement);
      if (inside.current) return;
      usedUntil.current = Date.now() + REST_MS;
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => redraw((times) => times + 1), REST_MS + 50);
    };
    const use = () => {
      inside.current = true;
    };
    const leave = () => setTimeout(rest, 0);
    for (const event of ['pointerenter', 'focusin'] as const) element.addEventListener(event, use);
    for (const event of ['pointerleave', 'focusout'] as const) element.addEventListener(event, leave);
    return () => {
      if (timer !== null) clearTimeout(timer);
      for (const event of ['pointerenter', 'focusin'] as const) element.removeEventListener(event, use);
      for (const event of ['pointerleave', 'focusout'] as const) element.removeEventListener(event, leave);
    };
  }, [element]);

  const held = holdOrder(shown.current.groups, wanted);
  const inUse = inside.current || Date.now() < usedUntil.current;
  const free = held.moved === 0 || !inUse || shown.current.asked !== asked;
  const groups = free ? wanted : held.groups;
  useEffect(() => {
    shown.current = { groups, asked };
  });
  const sortNow = useCallback(() => {
    shown.current = { groups: [], asked: '' };
    redraw((times) => times + 1);
  }, []);
  return { groups, moved: free ? 0 : held.moved, sortNow };
}
