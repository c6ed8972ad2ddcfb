import { useWords } from '../words/language.ts';
import { useMay } from './live.ts';
import type { Scope } from './wire.ts';

/** Says what the key of this session may not do here, and why; nothing when it may. */
export function MayNot({ scope, look = false }: { readonly scope: Scope; readonly look?: boolean }) {
  const { t } = useWords();
  const may = useMay(scope);
  if (may) return null;
  return <p className="note attention">{t(look ? 'hub.mayNotLook' : 'hub.mayNotAct', { scope })}</p>;
}
