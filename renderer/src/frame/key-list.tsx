import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';
import { useDisplay } from './display.ts';
import { useScannerSeen } from './scanner-guard.ts';

/** The list of keys, and why they may be off. */
export function KeyList({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const { keys } = useDisplay();
  const scanner = useScannerSeen();
  const rows: readonly (readonly [string, string])[] = [
    ['/', t('keys.search')],
    ['?', t('keys.list')],
    ['g h', t('frame.home')],
    ['g a', t('frame.approvals')],
    ['g y', t('frame.activity')],
    ['g c', t('frame.cloud')],
    ['g s', t('frame.settings')],
    ['g u', t('frame.support')],
    ['t', t('keys.test')],
    ['p', t('keys.hold')],
    ['v', t('keys.speak')],
    ['Tab', t('keys.tab')],
    ['Enter', t('keys.enter')],
    ['Esc', t('keys.escape')],
  ];
  return (
    <Sheet title={t('keys.title')} onClose={onClose}>
      {scanner && <p className="note attention">{t('keys.offScanner')}</p>}
      {!scanner && keys === 'off' && <p className="note">{t('keys.offChosen')}</p>}
      <dl className="facts keys">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">{t('keys.never')}</p>
    </Sheet>
  );
}
