import type { Machine } from '../wire.ts';

/** Which machines a list shows. */
export const shownStates = ['active', 'linked', 'offline', 'revoked'] as const;
/** One of them. */
export type Shown = (typeof shownStates)[number];

/**
 * The machines that fit, by name: the words of `text` are looked for in name and key words; what looks like a version or
 * an id, in those. A single digit would find itself in any of the two.
 */
export function soughtMachines(
  machines: readonly Machine[],
  { text, state }: { readonly text: string; readonly state: Shown },
): readonly Machine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return machines
    .filter((machine) => (state === 'active' ? machine.state !== 'revoked' : machine.state === state))
    .filter(({ name, version, id, key_words }) => {
      const within = `${name} ${key_words}`.toLowerCase();
      return words.every(
        (word) =>
          within.includes(word) ||
          (word.includes('.') && version.includes(word)) ||
          (word.startsWith('agt_') && id.toLowerCase().startsWith(word)),
      );
    })
    .sort((left, right) => left.name.localeCompare(right.name, undefined, { numeric: true }));
}
