import type { en } from './en/en.ts';
import type * as hubPage from './en/hub.ts';
import type { Message, NamesOf, Plural } from './message.ts';

/** The English catalogue of the window is the source: what it has, every language has. */
type WindowSource = typeof en;
/** With what only a hub's page says. */
type Source = WindowSource & { readonly hub: typeof hubPage.hub };

/** A part of the catalogue in another language: the same keys, and a plural where English has one. */
export type Translated<Part> = {
  readonly [Key in keyof Part]: Part[Key] extends string ? string : Plural;
};

/** A whole catalogue: a key that is missing or too many is a type error. */
export type Catalogue = { readonly [Part in keyof WindowSource]: Translated<WindowSource[Part]> };

/** What a hub's page says: parts that it shares with the window, and its own. */
export type HubCatalogue = Pick<Catalogue, 'parts' | 'times' | 'states' | 'reasons' | 'steps'> & {
  readonly frame: Translated<typeof hubPage.hubFrame>;
  readonly errors: Translated<typeof hubPage.hubErrors>;
  readonly hub: Translated<typeof hubPage.hub>;
};

/** The catalogues of a page: English at once, the others when they are chosen. */
export interface Catalogues {
  readonly en: Catalogue | HubCatalogue;
  readonly load: Readonly<Record<'de' | 'es' | 'zh', () => Promise<Catalogue | HubCatalogue>>>;
}

/** `place.key` of every text. */
export type Key = {
  [Part in keyof Source & string]: `${Part}.${keyof Source[Part] & string}`;
}[keyof Source & string];

type MessageAt<K extends Key> = K extends `${infer Part extends keyof Source & string}.${infer Name}`
  ? Name extends keyof Source[Part]
    ? Source[Part][Name] extends Message
      ? Source[Part][Name]
      : never
    : never
  : never;

/** What the text at a key takes. */
export type ValuesAt<K extends Key> = {
  readonly [Name in NamesOf<MessageAt<K>>]: Name extends 'count' ? number : string | number;
};
