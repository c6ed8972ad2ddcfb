import { Notification } from 'electron/main';
import type { Note } from '../notifications.ts';

/** Shows notifications, one a slot. */
export interface NoteBoard {
  show(note: Note): void;
  /** The last of them, for tests. */
  history(): readonly Note[];
}

const KEPT = 20;

/** A board on which nothing stands yet. Where the desktop has no notifications, nothing is shown: all of it is in the window. */
export function createNoteBoard(onClick: (place: string) => void): NoteBoard {
  /** Held, since a notification that is collected no longer hears its click. */
  const shown = new Map<string, Notification>();
  let history: readonly Note[] = [];
  return {
    history: () => history,
    show(shownNote) {
      history = [...history, shownNote].slice(-KEPT);
      const { slot, title, body, silent, place } = shownNote;
      shown.get(slot)?.close();
      shown.delete(slot);
      if (!Notification.isSupported()) return;
      const note = new Notification({ title, body, silent });
      note.on('click', () => onClick(place));
      note.on('close', () => {
        if (shown.get(slot) === note) shown.delete(slot);
      });
      shown.set(slot, note);
      note.show();
    },
  };
}
