import { useLayoutEffect, useRef } from 'react';
import { agentNow, subscribeClock } from '../live/clock.ts';
import { useWords } from '../words/language.ts';
import { displayAge } from '../words/times.ts';

/** How long ago, written once a second straight to its text; React is not asked. Never drawn empty. */
export function Age({ at }: { readonly at: string }) {
  const words = useWords();
  const place = useRef<HTMLTimeElement>(null);
  useLayoutEffect(() => {
    const write = () => {
      const text = displayAge(words, at, agentNow());
      if (place.current !== null && place.current.textContent !== text) place.current.textContent = text;
    };
    write();
    return subscribeClock(write);
  }, [at, words]);
  return <time dateTime={at} ref={place} className="age" />;
}
