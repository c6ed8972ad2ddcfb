import { useState } from 'react';
import { Page } from '../../frame/page.tsx';
import { useWords } from '../../words/language.ts';
import { useMay } from '../live.ts';
import { MayNot } from '../may-not.tsx';
import type { Pairing } from '../wire.ts';
import { CodeForm } from './code-form.tsx';
import { Review } from './review.tsx';
import { TakenIn } from './taken-in.tsx';

type Step =
  | { readonly at: 'code' }
  | { readonly at: 'review'; readonly pairing: Pairing }
  | { readonly at: 'denied'; readonly name: string }
  | { readonly at: 'taken_in'; readonly name: string; readonly keyWords: string };

/** Takes a machine in: its code, who it is and the words of its key, the decision, and its first link. */
export function Pair() {
  const { t } = useWords();
  const may = useMay('agents:write');
  const [step, setStep] = useState<Step>({ at: 'code' });
  return (
    <Page title={t('hub.approveTitle')}>
      <MayNot scope="agents:write" />
      {step.at === 'code' && <CodeForm disabled={!may} onFound={(pairing) => setStep({ at: 'review', pairing })} />}
      {step.at === 'review' && (
        <Review
          key={step.pairing.user_code}
          pairing={step.pairing}
          onApproved={(name) => setStep({ at: 'taken_in', name, keyWords: step.pairing.key_words })}
          onDenied={() => setStep({ at: 'denied', name: step.pairing.name })}
          onOther={() => setStep({ at: 'code' })}
        />
      )}
      {step.at === 'denied' && (
        <section className="card">
          <p role="status">{t('hub.denied', { name: step.name })}</p>
          <div className="actions">
            <button type="button" onClick={() => setStep({ at: 'code' })}>
              {t('hub.other')}
            </button>
          </div>
        </section>
      )}
      {step.at === 'taken_in' && (
        <TakenIn name={step.name} keyWords={step.keyWords} onOther={() => setStep({ at: 'code' })} />
      )}
    </Page>
  );
}
