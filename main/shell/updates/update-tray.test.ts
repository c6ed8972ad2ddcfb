import { describe, expect, it } from 'vitest';
import type { Note } from '../notifications.ts';
import { updateFacts } from '../testing/facts.ts';
import { updateWords } from '../words/update-words.table.ts';
import type { UpdateFacts } from './update-facts.ts';
import { createUpdateNotes } from './update-notes.ts';
import { updateItems } from './update-tray.ts';

const nothing = updateFacts();
const items = (change: Partial<UpdateFacts>) => updateItems({ ...nothing, ...change }, updateWords.en);

describe('updates in the tray', () => {
  it('are not there while there is nothing to say', () => {
    expect(items({})).toEqual([]);
    expect(items({ phase: 'looking' })).toEqual([]);
    expect(items({ phase: 'proving', version: '0.2.0' })).toEqual([]);
  });

  it('offer what is ready, and say what it waits for', () => {
    expect(items({ phase: 'ready', version: '0.2.0' })).toMatchObject([
      { label: 'Update to 0.2.0…', command: { do: 'update' } },
    ]);
    const hold = { for: 'actions', acting: 1, waiting: 0, doubtful: 0 } as const;
    expect(items({ phase: 'ready', version: '0.2.0', hold })).toMatchObject([
      { label: 'Version 0.2.0 is ready, waits for actions…', command: { do: 'open', place: '/settings/updates' } },
    ]);
    expect(items({ phase: 'restart', version: '0.2.0' })).toMatchObject([
      { label: 'Version 0.2.0 is installed: restart…', command: { do: 'update' } },
    ]);
  });

  it('offer the way back where there is one', () => {
    const result = { outcome: 'agent-down', from: '0.1.0', to: '0.2.0' } as const;
    expect(items({ result, canPutBack: true })).toMatchObject([
      { label: 'The update to 0.2.0 did not work…' },
      { label: 'Go back to 0.1.0…', command: { do: 'put-back' } },
    ]);
    expect(items({ result })).toHaveLength(1);
  });
});

describe('notifications of updates', () => {
  it('come once each, aloud only for what did not work', () => {
    const shown: Note[] = [];
    const tell = createUpdateNotes(updateWords.en, (note) => shown.push(note));
    for (let times = 0; times < 3; times += 1) tell({ ...nothing, phase: 'ready', version: '0.2.0' });
    tell({ ...nothing, result: { outcome: 'not-taken', from: '0.1.0', to: '0.2.0' } });
    tell({ ...nothing, result: { outcome: 'not-taken', from: '0.1.0', to: '0.2.0' } });
    expect(shown.map(({ title, silent }) => [title, silent])).toEqual([
      ['Version 0.2.0 is ready', true],
      ['The update to 0.2.0 did not take', false],
    ]);
  });

  it('leave alone who has it done by itself', () => {
    const shown: Note[] = [];
    createUpdateNotes(updateWords.en, (note) => shown.push(note))({
      ...nothing,
      mode: 'automatic',
      phase: 'ready',
      version: '0.2.0',
    });
    expect(shown).toEqual([]);
  });
});
