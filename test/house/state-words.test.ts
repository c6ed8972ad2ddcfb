import { describe, expect, it } from 'vitest';
import { languages } from '../../main/shell/words/choose-words.ts';
import * as de from '../../renderer/src/words/de/states.ts';
import * as en from '../../renderer/src/words/en/states.ts';
import * as es from '../../renderer/src/words/es/states.ts';
import * as zh from '../../renderer/src/words/zh/states.ts';

const windows = { en, de, es, zh };

describe('the words for a state', () => {
  it.each(Object.entries(windows))(
    'are the same in the tray and in the window (%s)',
    (language, { states, reasons }) => {
      const inWindow: Record<string, string> = { ...states, ...reasons, pending_auth: states.pendingAuth };
      const inTray = Object.entries(languages[language]?.states ?? {});
      const shared = inTray.filter(([key]) => key in inWindow);
      expect(shared.length).toBeGreaterThan(15);
      expect(shared.filter(([key, word]) => inWindow[key] !== word)).toEqual([]);
    },
  );
});
