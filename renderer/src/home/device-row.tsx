import { useState } from 'react';
import { Link } from '../frame/router.tsx';
import { useLive } from '../live/store.ts';
import type { Device } from '../live/wire.ts';
import { Age } from '../parts/age.tsx';
import { AgentText } from '../parts/agent-text.tsx';
import { reasonWords } from '../parts/connector-words.ts';
import { deviceName } from '../parts/device-name.ts';
import { Mark } from '../parts/mark.tsx';
import { Menu } from '../parts/menu.tsx';
import { SimulatedTag } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import { deviceLooks } from '../words/states.table.ts';
import { setIgnored } from './ignored.ts';
import { RemoveDevice } from './remove-device.tsx';

/** A device that no connector uses: what it looks like and how sure that is, why, and the way on. */
export function DeviceRow({ device, ignored }: { readonly device: Device; readonly ignored: boolean }) {
  const words = useWords();
  const { t, find } = words;
  const listings = useLive((state) => state.listings);
  const [whyShown, showWhy] = useState(false);
  const [removing, setRemoving] = useState(false);
  const { id, recognition, problem, owner, first_seen_at: seenAt } = device;
  const title = recognition.listing === null ? null : (listings.get(recognition.listing)?.title ?? recognition.listing);
  const busy = owner?.type === 'process' ? owner : null;
  const look = problem !== null || busy !== null ? deviceLooks.busy : deviceLooks.new;
  const whyId = `why-${id}`;
  return (
    <li className="row device-row" data-device={id}>
      <div className="row-main">
        <div className="row-name">
          <Mark look={look} />
          <Link to={{ at: 'device', deviceId: id, installing: false }} className="row-link">
            {deviceName(device)}
          </Link>
          {device.simulated && <SimulatedTag />}
          <span className="muted">
            <Age at={seenAt} />
          </span>
        </div>
        <div className="row-actions">
          <Link
            to={{ at: 'device', deviceId: id, installing: true }}
            sheet
            className={title === null ? 'button' : 'button primary'}
          >
            {title === null ? t('home.chooseDriver') : t('home.install')}
          </Link>
          <Menu
            label={t('home.moreFor', { name: deviceName(device) })}
            items={[
              ...(device.added ? [{ label: t('home.remove'), onSelect: () => setRemoving(true) }] : []),
              { label: ignored ? t('home.offerAgain') : t('home.ignore'), onSelect: () => setIgnored(id, !ignored) },
            ]}
          >
            ⋯
          </Menu>
        </div>
      </div>
      <div className="row-step">
        <div>
          {recognition.shared_adapter ? (
            <p>{t('home.sharedAdapter')}</p>
          ) : (
            <p>
              {title === null ? (
                t('home.notRecognised')
              ) : (
                <>
                  {t('home.looksLike')} <AgentText>{title}</AgentText> ({find('certainty', recognition.certainty)})
                </>
              )}{' '}
              <button
                type="button"
                className="link"
                aria-expanded={whyShown}
                aria-controls={whyId}
                onClick={() => showWhy(!whyShown)}
              >
                {t('home.why')}
              </button>
            </p>
          )}
          <div id={whyId} hidden={!whyShown && !recognition.shared_adapter}>
            <p className="muted">
              <AgentText>{recognition.reason}</AgentText>
            </p>
          </div>
          {busy !== null && (
            <p className="problem">
              {t('home.usedBy', { name: busy.name, pid: String(busy.pid) })} {t('home.usedByNext')}
            </p>
          )}
          {problem !== null && (
            <p className="problem">
              {reasonWords(words, problem.reason).word}. <AgentText>{`${problem.message} ${problem.hint}`}</AgentText>
            </p>
          )}
        </div>
      </div>
      {removing && <RemoveDevice device={device} onClose={() => setRemoving(false)} onRemoved={() => {}} />}
    </li>
  );
}
