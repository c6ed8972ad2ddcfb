import './cloud.css';
import { useEffect, useRef, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { Page } from '../frame/page.tsx';
import { AgentText } from '../parts/agent-text.tsx';
import { Empty } from '../parts/empty.tsx';
import { Problem } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';
import { FibricCard } from './fibric-card.tsx';
import { NetworkCard } from './network-card.tsx';
import { OutboxCard } from './outbox-card.tsx';
import { PairForm } from './pair-form.tsx';
import { Paired } from './paired.tsx';
import { PairingCode } from './pairing-code.tsx';
import { type CloudFacts, useCloud } from './use-cloud.ts';

/** How this machine stands to its cloud: none, a pairing that waits, a hub, or Fibric's own API. */
export function Cloud() {
  const { t } = useWords();
  const { fetched, took } = useCloud();
  return (
    <Page title={t('frame.cloud')}>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && (
        <div className="cloud-cards">
          <Standing facts={fetched.value} onChanged={took} />
          <NetworkCard origin={originOf(fetched.value)} />
        </div>
      )}
    </Page>
  );
}

/** Where its cloud is; null while it has none. */
function originOf({ cloud: { hub, pairing }, fibric }: CloudFacts): string | null {
  return fibric.in_use ? fibric.base_url : (hub?.origin ?? pairing?.origin ?? null);
}

function Standing({
  facts: { cloud, fibric, outbox },
  onChanged,
}: {
  readonly facts: CloudFacts;
  readonly onChanged: (cloud: CloudFacts['cloud']) => void;
}) {
  const { t } = useWords();
  const { state, pairing, key_words: keyWords, hub, link } = cloud;
  const before = useRef(state);
  const [begunHere, setBegunHere] = useState(false);
  useEffect(() => {
    if (before.current === 'pairing' && state === 'paired') announce(t('cloud.pairedWith', { hub: hub?.name ?? '' }));
    before.current = state;
  }, [state, hub, t]);

  if (fibric.in_use) {
    return (
      <>
        <FibricCard fibric={fibric} />
        <OutboxCard outbox={outbox} />
      </>
    );
  }
  if (pairing !== null) {
    return <PairingCode pairing={pairing} keyWords={keyWords ?? ''} takesFocus={begunHere} onGivenUp={onChanged} />;
  }
  if (state === 'paired') {
    return (
      <>
        <Paired cloud={cloud} onChanged={onChanged} />
        <OutboxCard outbox={outbox} />
      </>
    );
  }
  return (
    <>
      <Empty title={t('cloud.none')}>
        <StateLine look={machineLooks.offline} word={t('cloud.notConnected')} />
        <p>{t('cloud.noneBody')}</p>
        <p className="muted">{t('cloud.local')}</p>
      </Empty>
      <section className="card" aria-labelledby="pair-title">
        <h2 id="pair-title">{t('cloud.pairTitle')}</h2>
        {link.error !== null && (
          <p role="status">
            <AgentText>{[link.error.message, link.error.hint].filter(Boolean).join(' ')}</AgentText>
          </p>
        )}
        <PairForm
          onBegun={(begun) => {
            setBegunHere(true);
            onChanged(begun);
          }}
        />
      </section>
    </>
  );
}
