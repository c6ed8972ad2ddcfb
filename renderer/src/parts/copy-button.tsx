import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { useWords } from '../words/language.ts';

/** Copies a text and says so, on itself and to a screen reader. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t } = useWords();
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = async () => {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setState(done ? 'copied' : 'failed');
    announce(t(done ? 'parts.copied' : 'parts.notCopied'));
  };
  const words = { idle: label ?? t('parts.copy'), copied: t('parts.copied'), failed: t('parts.notCopied') };
  return (
    <button type="button" onClick={copy} onBlur={() => setState('idle')}>
      {words[state]}
    </button>
  );
}
