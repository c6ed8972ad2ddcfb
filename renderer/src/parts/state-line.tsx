import type { ReactNode } from 'react';
import type { Look } from '../words/states.table.ts';
import { Mark } from './mark.tsx';

/** A state by shape and word, and what more there is to say of it beside the word. */
export function StateLine({
  look,
  word,
  children,
}: {
  readonly look: Look;
  readonly word: string;
  readonly children?: ReactNode;
}) {
  return (
    <span className="state">
      <Mark look={look} />
      <span>
        <span className={`state-word tone-${look.tone}`}>{word}</span>
        {children}
      </span>
    </span>
  );
}
