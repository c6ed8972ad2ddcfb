import { useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { Page } from '../../frame/page.tsx';
import { request } from '../../live/request.ts';
import { Age } from '../../parts/age.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { useWords } from '../../words/language.ts';
import { healthLooks } from '../../words/states.table.ts';
import { useHub, useMay } from '../live.ts';
import { MayNot } from '../may-not.tsx';
import { useAnswer } from '../use-answer.ts';
import { type CreatedKey, type Key, keyListSchema, keySchema } from '../wire.ts';
import { KeySheet } from './key-sheet.tsx';
import { ShownOnce } from './shown-once.tsx';

/** The keys of this tenant and mode. */
export function Keys() {
  const { t } = useWords();
  const mayLook = useMay('keys:read');
  const may = useMay('keys:write');
  const ownId = useHub((state) => state.session?.id ?? null);
  const { fetched, again } = useAnswer(mayLook ? '/v1/keys' : null, keyListSchema);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedKey | null>(null);
  const [ending, setEnding] = useState<Key | null>(null);
  return (
    <Page
      title={t('hub.ownKeys')}
      aside={
        may ? (
          <button type="button" className="primary" onClick={() => setMaking(true)}>
            {t('hub.newKey')}
          </button>
        ) : null
      }
    >
      <p>{t('hub.keysBody')}</p>
      <MayNot scope="keys:read" look />
      {mayLook && <MayNot scope="keys:write" />}
      {made?.key !== undefined && (
        <ShownOnce text={t('hub.keyOnce', { name: made.name })} secret={made.key} onDone={() => setMade(null)} />
      )}
      {mayLook && fetched.state === 'loading' && <p className="muted">{t('hub.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' &&
        (fetched.value.data.length === 0 ? (
          <p className="muted">{t('hub.noKeys')}</p>
        ) : (
          <ul className="rows" aria-label={t('hub.ownKeys')}>
            {fetched.value.data.map((key) => (
              <KeyRow key={key.id} row={key} own={key.id === ownId} onRevoke={may ? () => setEnding(key) : null} />
            ))}
          </ul>
        ))}
      {making && (
        <KeySheet
          onMade={(created) => {
            setMade(created);
            setMaking(false);
            again();
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {ending !== null && (
        <Question
          title={t('hub.revokeKeyTitle', { name: ending.name })}
          safe={t('hub.keep')}
          act={t('hub.revokeNow', { name: ending.name })}
          running={t('hub.revoking')}
          onAct={async () => {
            await request('DELETE', `/v1/keys/${encodeURIComponent(ending.id)}`, keySchema);
            announce(t('hub.revokedNow', { name: ending.name }));
            again();
          }}
          onClose={() => setEnding(null)}
        >
          <p>{t('hub.revokeKeyBody')}</p>
          {ending.id === ownId && <p className="note attention">{t('hub.revokeOwnKey')}</p>}
        </Question>
      )}
    </Page>
  );
}

function KeyRow({
  row,
  own,
  onRevoke,
}: {
  readonly row: Key;
  readonly own: boolean;
  readonly onRevoke: (() => void) | null;
}) {
  const { t } = useWords();
  const { name, hint, role, scopes, status, last_used_at: used } = row;
  const active = status === 'active';
  return (
    <li className="row" data-key={name} data-state={status}>
      <div className="row-main">
        <div className="row-name">
          <strong>{name}</strong>
          <code className="muted">{hint}</code>
          {own && <span className="tag">{t('hub.yourKey')}</span>}
        </div>
        <StateLine
          look={active ? healthLooks.ok : { shape: 'ring-bar', tone: 'off' }}
          word={t(active ? 'hub.active' : 'hub.revoked')}
        >
          <span className="muted">
            {' · '}
            {role === null ? t('hub.ownScopes', { count: scopes.length }) : t(`hub.role_${role}`)}
            {' · '}
            {t('hub.lastUsed')} {used === null ? t('hub.never') : <Age at={used} />}
          </span>
        </StateLine>
        {onRevoke !== null && active && (
          <button type="button" onClick={onRevoke} aria-label={t('hub.revokeNamed', { name })}>
            {t('hub.revoke')}
          </button>
        )}
      </div>
    </li>
  );
}
