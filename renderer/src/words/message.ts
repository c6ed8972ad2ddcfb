/** What a counted sentence says, by the plural category of its language (CLDR); `{count}` stands for the number. */
export type Plural = { readonly [Category in Intl.LDMLPluralRule]?: string } & { readonly other: string };

/** One text of a catalogue; `{name}` stands for what is put in. */
export type Message = string | Plural;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What a message takes. */
export type NamesOf<M extends Message> = M extends string
  ? NamesIn<M>
  : M extends { readonly other: infer Other extends string }
    ? NamesIn<Other> | 'count'
    : never;

/** What may be put into a message: numbers are written as the language writes them, text as it is. */
export type Values = Readonly<Record<string, string | number>>;

/** Puts `values` into a message. A plural takes its form from `values.count`. A name without a value stays visible. */
export function format(message: Message, locale: string, values: Values = {}): string {
  const text = typeof message === 'string' ? message : formOf(message, locale, values['count']);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value;
  });
}

function formOf(message: Plural, locale: string, count: string | number | undefined): string {
  if (typeof count !== 'number') return message.other;
  return message[new Intl.PluralRules(locale).select(count)] ?? message.other;
}
