import type { Note } from '../notifications.ts';
import type { UpdateWords } from '../words/update-words.table.ts';
import type { UpdateFacts } from './update-facts.ts';

/** Tells of updates what a person wants to know unasked: one that is ready, and how one went; each once. */
export function createUpdateNotes(words: UpdateWords, show: (note: Note) => void): (facts: UpdateFacts) => void {
  const told = new Set<string>();
  const tell = (id: string, note: () => Pick<Note, 'title' | 'body' | 'silent'>) => {
    if (told.has(id)) return;
    told.add(id);
    show({ ...note(), slot: 'update', place: '/settings/updates' });
  };
  return ({ phase, version, result, mode }) => {
    if ((phase === 'ready' || phase === 'restart') && version !== null && mode !== 'automatic')
      tell(`${phase} ${version}`, () => ({ ...words.noteReady(version), silent: true }));
    if (result === null) return;
    const { outcome, from, to } = result;
    tell(outcome, () => {
      switch (outcome) {
        case 'updated':
          return { ...words.noteUpdated(to), silent: true };
        case 'put-back':
          return { ...words.notePutBack(to), silent: false };
        case 'not-taken':
          return { ...words.noteNotTaken(to, from), silent: false };
        case 'agent-down':
          return { ...words.noteAgentDown(to), silent: false };
      }
    });
  };
}
