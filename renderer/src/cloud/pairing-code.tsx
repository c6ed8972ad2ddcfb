import { useEffect, useRef, useState } from 'react';
import { agentNow } from '../live/clock.ts';
import { type RequestError, request } from '../live/request.ts';
import { type CloudStanding, cloudSchema } from '../live/wire.ts';
import { Command } from '../parts/command.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';
import { displayClock } from '../words/times.ts';
import { QrCode } from './qr-code.tsx';

/** The code to be typed at the hub, and the words of this machine's key: to be read from across the room. */
export function PairingCode({
  pairing,
  keyWords,
  takesFocus,
  onGivenUp,
}: {
  readonly pairing: NonNullable<CloudStanding['pairing']>;
  readonly keyWords: string;
  /** It was asked for here: what a person has to read next is at the top of it. */
  readonly takesFocus: boolean;
  readonly onGivenUp: (cloud: CloudStanding) => void;
}) {
  const { t, locale } = useWords();
  const { verification_uri_complete: address, qr_code: qrCode } = pairing;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const giveUp = async () => {
    try {
      onGivenUp(await request('DELETE', '/v1/cloud/pairing', cloudSchema));
    } catch (error) {
      setProblem(toRequestError(error));
    }
  };
  return (
    <section className="card pairing" aria-labelledby="pairing-title">
      <h2 id="pairing-title" ref={heading} tabIndex={-1}>
        {t('cloud.typeIt')}
      </h2>
      <p>
        <code>{pairing.verification_uri}</code>
      </p>
      <div className="pairing-ways">
        <p className="pairing-code" role="status">
          <span aria-hidden="true">{pairing.user_code}</span>
          <span className="visually-hidden">{[...pairing.user_code].join(' ')}</span>
        </p>
        {address !== null && (
          <div className="pairing-scan">
            {qrCode !== null && <QrCode rows={qrCode} label={t('cloud.qrCode', { address })} />}
            <p>{t(qrCode === null ? 'cloud.orOpen' : 'cloud.orScan')}</p>
            <Command text={address} />
          </div>
        )}
      </div>
      <h3>{t('cloud.keyWords')}</h3>
      <p className="pairing-words">{keyWords}</p>
      <p>{t('cloud.keyWordsBody')}</p>
      <p className="muted">{t('cloud.goodUntil', { at: displayClock(pairing.expires_at, locale, agentNow()) })}</p>
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="actions">
        <button type="button" onClick={giveUp}>
          {t('cloud.giveUp')}
        </button>
      </div>
    </section>
  );
}
