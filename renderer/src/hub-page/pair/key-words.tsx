import { useWords } from '../../words/language.ts';

/** The words of a machine's key, large, to be compared with its screen; one of them is to be read there and typed. */
export function KeyWords({
  words,
  gap,
  missing,
  onMissing,
}: {
  readonly words: readonly string[];
  /** Which of them is left out. */
  readonly gap: number;
  readonly missing: string;
  readonly onMissing: (text: string) => void;
}) {
  const { t } = useWords();
  return (
    <section className="compare" aria-labelledby="compare-title">
      <h3 id="compare-title">{t('hub.compare')}</h3>
      <p>{t('hub.compareBody')}</p>
      <ol className="key-words">
        {words.map((word, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a word may come twice, and its place is what it is
          <li key={index}>
            {index === gap ? (
              <input
                type="text"
                aria-label={t('hub.missing', { number: index + 1 })}
                placeholder="…"
                maxLength={30}
                autoComplete="off"
                autoCapitalize="none"
                autoCorrect="off"
                spellCheck={false}
                value={missing}
                onChange={(event) => onMissing(event.target.value)}
              />
            ) : (
              <span lang="en">{word}</span>
            )}
          </li>
        ))}
      </ol>
      <p className="help" aria-hidden="true">
        {t('hub.missing', { number: gap + 1 })}
      </p>
    </section>
  );
}
