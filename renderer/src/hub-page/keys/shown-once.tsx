import { type ReactNode, useEffect, useRef } from 'react';
import { CopyButton } from '../../parts/copy-button.tsx';
import { useWords } from '../../words/language.ts';

/** A secret that was just made: it is on the screen until a person says that they have it, and nowhere after. */
export function ShownOnce({
  text,
  secret,
  onDone,
  children,
}: {
  readonly text: string;
  readonly secret: string;
  readonly onDone: () => void;
  readonly children?: ReactNode;
}) {
  const { t } = useWords();
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <section className="card shown-once" ref={place} tabIndex={-1} aria-label={text}>
      <p>
        <strong>{text}</strong>
      </p>
      <p className="command">
        <code data-secret>{secret}</code>
        <CopyButton text={secret} />
      </p>
      {children}
      <div className="actions">
        <button type="button" onClick={onDone}>
          {t('hub.haveIt')}
        </button>
      </div>
    </section>
  );
}
