import type { Device, Listing } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { useWords } from '../words/language.ts';

/** Which driver, why that one was recognised, which came second, and how sure that is. */
export function DriverChoice({
  device,
  listings,
  listingId,
  onChoose,
}: {
  readonly device: Device;
  readonly listings: ReadonlyMap<string, Listing>;
  readonly listingId: string;
  readonly onChoose: (listingId: string) => void;
}) {
  const { t, find } = useWords();
  const { recognition } = device;
  const titleOf = (id: string) => listings.get(id)?.title ?? id;
  const candidates = [...recognition.candidates].sort((left, right) => right.score - left.score);
  const known = new Set(candidates.map(({ listing }) => listing));
  // A driver for another kind of link can't work here.
  const others = [...listings.values()].filter(({ id, kind }) => kind === 'hardware' && !known.has(id));
  const chosen = candidates.find(({ listing }) => listing === listingId);
  const runnerUp = candidates.find(({ listing }) => listing !== listingId);
  const isRecognised = listingId !== '' && listingId === recognition.listing;
  return (
    <>
      <div className="field">
        <label htmlFor="install-listing">{t('install.driver')}</label>
        <select id="install-listing" value={listingId} required onChange={(event) => onChoose(event.target.value)}>
          {listingId === '' && <option value="">{t('parts.choose')}</option>}
          {candidates.length > 0 && (
            <optgroup label={t('install.recognised')}>
              {candidates.map(({ listing }) => (
                <option key={listing} value={listing}>
                  {titleOf(listing)}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label={t('install.allDrivers')}>
            {others.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </optgroup>
        </select>
      </div>
      <dl className="facts">
        <dt>{t('install.why')}</dt>
        <dd>
          {isRecognised || chosen !== undefined || listingId === '' ? (
            <AgentText>{isRecognised || chosen === undefined ? recognition.reason : chosen.reason}</AgentText>
          ) : (
            t('install.youChose')
          )}
        </dd>
        {runnerUp !== undefined && (
          <>
            <dt>{t('install.runnerUp')}</dt>
            <dd>
              <AgentText>{`${titleOf(runnerUp.listing)}. ${runnerUp.reason}`}</AgentText>
            </dd>
          </>
        )}
        <dt>{t('install.howSure')}</dt>
        <dd>
          {isRecognised ? find('certainty', recognition.certainty) : t('install.notChecked')}
          {(!isRecognised || recognition.certainty !== 'certain') && ` – ${t('install.askingHelps')}`}
        </dd>
      </dl>
    </>
  );
}
