import { describe, expect, it } from 'vitest';
import { de } from './de/de.ts';
import { hubDe } from './de/hub-page.ts';
import { en } from './en/en.ts';
import { hubEn } from './en/hub-page.ts';
import { es } from './es/es.ts';
import { hubEs } from './es/hub-page.ts';
import { format, type Message } from './message.ts';
import { hubZh } from './zh/hub-page.ts';
import { zh } from './zh/zh.ts';

type Texts = Readonly<Record<string, Readonly<Record<string, Message>>>>;
const flat = (catalogue: Texts): ReadonlyMap<string, Message> =>
  new Map(
    Object.entries(catalogue).flatMap(([part, texts]) =>
      Object.entries(texts).map(([key, message]) => [`${part}.${key}`, message] as const),
    ),
  );
const textsOf = (message: Message) => (typeof message === 'string' ? [message] : Object.values(message));
const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each<readonly [locale: string, page: string, catalogue: Texts, english: Texts]>([
  ['en', 'the window', en, en],
  ['de', 'the window', de, en],
  ['es', 'the window', es, en],
  ['zh-Hans', 'the window', zh, en],
  ['en', 'a hub', hubEn, hubEn],
  ['de', 'a hub', hubDe, hubEn],
  ['es', 'a hub', hubEs, hubEn],
  ['zh-Hans', 'a hub', hubZh, hubEn],
])('the words of %s, of %s', (locale, _, catalogue, english) => {
  const texts = flat(catalogue);
  const source = flat(english);

  it('take what the English ones take', () => {
    const wrong = [...texts].filter(([key, message]) => {
      const said = source.get(key);
      const wanted = namesIn(said === undefined ? '' : (textsOf(said).at(-1) ?? ''));
      return textsOf(message).some((text) => namesIn(text).join() !== wanted.join());
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  it('have each plural form that the language has for whole numbers', () => {
    const wanted = new Set([0, 1, 2, 3, 5, 11, 100].map((count) => new Intl.PluralRules(locale).select(count)));
    const wrong = [...texts].filter(([, message]) => {
      if (typeof message === 'string') return false;
      return [...wanted].some((form) => !(form in message));
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  it('are there, and are not forgotten English', () => {
    const empty = [...texts].filter(([, message]) => textsOf(message).some((text) => text.trim() === ''));
    expect(empty.map(([key]) => key)).toEqual([]);
    if (locale === 'en') return;
    const sentences = [...texts].filter(
      ([key, message]) =>
        textsOf(message).join().length > 25 && textsOf(message).join() === textsOf(source.get(key) ?? '').join(),
    );
    expect(sentences.map(([key]) => key)).toEqual([]);
  });
});

describe('a message', () => {
  const needs = { one: '{count} needs you', other: '{count} need you' };
  it('takes its form from the count, and writes numbers as the language does', () => {
    expect(format(needs, 'en', { count: 1 })).toBe('1 needs you');
    expect(format(needs, 'en', { count: 0 })).toBe('0 need you');
    expect(format('{count} events', 'de', { count: 4120 })).toBe('4.120 events');
  });

  it('puts text in as it is, also text that looks like a name', () => {
    expect(format('Uninstall {name}?', 'en', { name: '{count} & <b>' })).toBe('Uninstall {count} & <b>?');
  });
});
