import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { agentNow } from '../live/clock.ts';
import { request } from '../live/request.ts';
import { type Token, tokenListSchema, tokenSchema } from '../live/wire.ts';
import { Empty } from '../parts/empty.tsx';
import { Problem } from '../parts/problem.tsx';
import { Question } from '../parts/question.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords } from '../words/language.ts';
import { displayAge, displayDay } from '../words/times.ts';
import { TokenForm } from './token-form.tsx';

/** Who may come in: the tokens of this machine, each with what it may do, made and ended here. */
export function AccessSection() {
  const { t } = useWords();
  const { fetched, again } = useFetched('/v1/tokens', tokenListSchema);
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Token | null>(null);
  const now = agentNow();
  const live = fetched.state === 'there' ? fetched.value.data.filter((token) => isLive(token, now)) : [];
  const over = fetched.state === 'there' ? fetched.value.data.filter((token) => !isLive(token, now)) : [];
  return (
    <div className="setting">
      <div className="page-head">
        <h2>{t('settings.tokens')}</h2>
        <button type="button" onClick={() => setMaking(true)}>
          {t('settings.newToken')}
        </button>
      </div>
      <p className="muted">{t('settings.tokensBody')}</p>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && live.length === 0 && <Empty title={t('settings.noTokens')} />}
      {live.length > 0 && <TokenTable tokens={live} onEnd={setEnding} />}
      {over.length > 0 && (
        <details>
          <summary>{t('settings.endedTokens', { count: over.length })}</summary>
          <TokenTable tokens={over} />
        </details>
      )}
      {making && (
        <TokenForm
          onClose={() => {
            setMaking(false);
            again();
          }}
        />
      )}
      {ending !== null && (
        <Question
          title={t('settings.endTitle', { name: ending.name })}
          safe={t('settings.keepToken')}
          act={t('settings.endNow', { name: ending.name })}
          running={t('settings.ending')}
          onClose={() => setEnding(null)}
          onAct={async () => {
            await request('DELETE', `/v1/tokens/${ending.id}`, tokenSchema);
            announce(t('settings.ended', { name: ending.name }));
            again();
          }}
        >
          <p>{t('settings.endBody')}</p>
        </Question>
      )}
    </div>
  );
}

const isLive = ({ revoked_at: revoked, expires_at: expires }: Token, nowMs: number) =>
  revoked === null && Date.parse(expires) > nowMs;

function TokenTable({ tokens, onEnd }: { readonly tokens: readonly Token[]; readonly onEnd?: (token: Token) => void }) {
  const words = useWords();
  const { t, find, locale } = words;
  return (
    <div className="table-scroll">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('settings.token')}</th>
            <th scope="col">{t('settings.may')}</th>
            <th scope="col">{t('settings.lastUsed')}</th>
            <th scope="col">{t('settings.ends')}</th>
            {onEnd !== undefined && (
              <th scope="col">
                <span className="visually-hidden">{t('settings.end')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id} data-token={token.id}>
              <th scope="row">{token.name}</th>
              <td data-label={t('settings.may')}>
                {token.scopes.map((scope) => find('scopes', scope.replace(':', '_')) ?? scope).join(', ')}
                {token.connectors !== null && (
                  <span className="muted"> · {t('settings.limitedTo', { count: token.connectors.length })}</span>
                )}
                {token.tools !== null && <span className="muted"> · {token.tools.join(', ')}</span>}
              </td>
              <td data-label={t('settings.lastUsed')}>
                {token.last_used_at === null
                  ? t('settings.neverUsed')
                  : displayAge(words, token.last_used_at, agentNow())}
              </td>
              <td data-label={t('settings.ends')}>
                {token.revoked_at === null
                  ? displayDay(token.expires_at, locale)
                  : t('settings.endedOn', { day: displayDay(token.revoked_at, locale) })}
              </td>
              {onEnd !== undefined && (
                <td>
                  <button
                    type="button"
                    aria-label={t('settings.endNamed', { name: token.name })}
                    onClick={() => onEnd(token)}
                  >
                    {t('settings.end')}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
