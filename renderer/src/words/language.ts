import { useSyncExternalStore } from 'react';
import type { Catalogue, Catalogues, Key, ValuesAt } from './catalogue.ts';
import { format, type Message, type Values } from './message.ts';

/** The languages there are, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch', es: 'Español', zh: '简体中文' } as const;
/** One of them. */
export type Language = keyof typeof languages;

const STORAGE_KEY = 'fibric-edge.language';
/** Latin as `zh` alone leaves open which Han letters are meant. */
const tags: Readonly<Record<Language, string>> = { en: 'en', de: 'de', es: 'es', zh: 'zh-Hans' };

interface Active {
  readonly language: Language;
  /** For `Intl`: the browser's own variant of the language where it has one (de-AT), else the language. */
  readonly locale: string;
  readonly catalogue: Texts;
}

type Texts = Readonly<Record<string, Readonly<Record<string, Message>>>>;

let catalogues: Catalogues | null = null;
let active: Active = { language: 'en', locale: localeFor('en', []), catalogue: {} };
const listeners = new Set<() => void>();

const isLanguage = (text: string | null | undefined): text is Language =>
  text != null && Object.hasOwn(languages, text);

/** The browser's variant of `language`, or its plain tag. */
export function localeFor(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? tags[language];
}

/** What a person chose, or null: then the browser's languages decide. */
export function chosenLanguage(): Language | null {
  const kept = localStorage.getItem(STORAGE_KEY);
  return isLanguage(kept) ? kept : null;
}

function browserLanguage(): Language {
  const found = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage);
  return found ?? 'en';
}

/** Gives the page its words, in the language that applies. Where its file does not come, English stays. */
export async function startLanguage(words: Catalogues): Promise<void> {
  catalogues = words;
  const { en, load } = words;
  const language = chosenLanguage() ?? browserLanguage();
  const catalogue = language === 'en' ? en : await load[language]().catch(() => null);
  const shown: Language = catalogue === null ? 'en' : language;
  active = { language: shown, locale: localeFor(shown, navigator.languages), catalogue: catalogue ?? en };
  document.documentElement.lang = tags[shown];
  for (const listener of listeners) listener();
}

/** Keeps the choice for this browser (null: as the browser says) and shows it. */
export async function chooseLanguage(language: Language | null): Promise<void> {
  if (language === null) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, language);
  if (catalogues !== null) await startLanguage(catalogues);
}

/** The text at `key`, in the language shown. */
export type Translate = <K extends Key>(
  key: K,
  ...values: keyof ValuesAt<K> extends never ? [] : [ValuesAt<K>]
) => string;

/** The words of the page as a component uses them. */
export interface Words {
  readonly t: Translate;
  /** The text at a key that comes from the API (`reasons`, `device_unplugged`), or null when there is none. */
  readonly find: (part: keyof Catalogue | 'hub', key: string) => string | null;
  readonly language: Language;
  readonly locale: string;
}

/** The words of a catalogue. */
export function wordsOf({ language, locale, catalogue }: Active): Words {
  const find: Words['find'] = (part, key) => {
    const texts = catalogue[part] ?? {};
    const message = Object.hasOwn(texts, key) ? texts[key] : undefined;
    return message === undefined ? null : format(message, locale);
  };
  const t = (key: Key, values: Values = {}) => {
    const [part = '', name = ''] = key.split('.');
    return format(catalogue[part]?.[name] ?? key, locale, values);
  };
  return { t: t as Translate, find, language, locale };
}

let words: Words = wordsOf(active);
let wordsFor: Active = active;

/** The words of the language shown, outside React. */
export function currentWords(): Words {
  if (wordsFor !== active) {
    wordsFor = active;
    words = wordsOf(active);
  }
  return words;
}

/** The words of the language shown; the component is drawn again when it changes. */
export function useWords(): Words {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentWords);
}
