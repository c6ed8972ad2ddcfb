import { describe, expect, it } from 'vitest';
import { chooseWords, languages, stateWord, toolWord } from './choose-words.ts';
import { en } from './en.ts';

const texts = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(texts)
      : [];

describe('the words of the shell', () => {
  it('are chosen by the locale of the desktop', () => {
    const chosen = ['de-AT', 'zh_CN.UTF-8', 'ES', 'fr-FR', '', 'C'].map((locale) => chooseWords(locale).locale);
    expect(chosen).toEqual(['de', 'zh-Hans', 'es', 'en', 'en', 'en']);
  });

  it('are there in every language, none left in English by mistake', () => {
    for (const words of Object.values(languages)) {
      expect(texts(words).filter((text) => text.trim() === '')).toEqual([]);
      if (words === en) continue;
      const same = Object.entries(words.states).filter(
        ([key, word]) => word === en.states[key as keyof typeof en.states],
      );
      expect([words.locale, same]).toEqual([words.locale, []]);
    }
  });

  it('count in each language as people do', () => {
    const one = { working: 1, listening: 0, attention: 1, untried: 0 };
    const more = { working: 5, listening: 2, attention: 3, untried: 1 };
    expect(Object.values(languages).flatMap(({ tray }) => [tray.counts(one), tray.counts(more)])).toEqual([
      '1 working, 1 needs attention',
      '5 working, 2 listening, 1 not tried yet, 3 need attention',
      '1 in Betrieb, 1 braucht Hilfe',
      '5 in Betrieb, 2 empfangsbereit, 1 noch nicht geprüft, 3 brauchen Hilfe',
      '1 funciona, 1 requiere atención',
      '5 funcionan, 2 a la escucha, 1 sin probar, 3 requieren atención',
      '1 个正常，1 个需要处理',
      '5 个正常，2 个监听中，1 个尚未测试，3 个需要处理',
    ]);
  });

  it('say that something does not work also where its reason is new, and call a tool by its capability where it has no name', () => {
    expect(stateWord({ state: 'error', reason: 'from_the_future' }, en)).toBe('Not working');
    expect(stateWord({ state: 'error', reason: 'toString' }, en)).toBe('Not working');
    expect(stateWord({ state: 'listening', reason: null }, en)).toBe('Listening');
    expect(toolWord('access.unlock', en)).toBe('Unlock');
    expect(toolWord('coffee.brew', en)).toBe('coffee.brew');
  });
});
