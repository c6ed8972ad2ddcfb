import { useState } from 'react';
import { leaveSheet } from '../frame/router.tsx';
import { unusedDevices } from '../home/groups.ts';
import { useLive } from '../live/store.ts';
import type { Listing } from '../live/wire.ts';
import { deviceName } from '../parts/device-name.ts';
import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';
import { InstallForm, type Made } from './install-form.tsx';
import { InstallProgress } from './install-progress.tsx';
import { proposedName } from './proposed-name.ts';

/** Installs from the catalogue: on a device that is there, or ahead of one that comes later. */
export function ListingSheet({ listingId }: { readonly listingId: string }) {
  const { t } = useWords();
  const listing = useLive((state) => state.listings.get(listingId));
  const [made, setMade] = useState<Made | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => leaveSheet({ at: 'catalogue', installing: null });
  if (listing === undefined) return null;
  return (
    <Sheet title={t('install.title', { name: made?.name ?? listing.title })} onClose={close} closable={!busy} wide>
      {made === null ? (
        <FromListing listing={listing} onInstalled={setMade} onCancel={close} onBusy={setBusy} />
      ) : (
        <InstallProgress made={made} onUndone={() => setMade(null)} />
      )}
    </Sheet>
  );
}

function FromListing({
  listing,
  onInstalled,
  onCancel,
  onBusy,
}: {
  readonly listing: Listing;
  readonly onInstalled: (made: Made) => void;
  readonly onCancel: () => void;
  readonly onBusy: (busy: boolean) => void;
}) {
  const { t } = useWords();
  const connectors = useLive((state) => state.connectors);
  const devices = useLive((state) => state.devices);
  const free = unusedDevices({ connectors: connectors.values(), devices: devices.values() });
  const fitting = free.filter(({ recognition }) => recognition.listing === listing.id);
  const [chosen, setChosen] = useState(fitting[0]?.id ?? '');
  const [match, setMatch] = useState<Match>({ by: 'listing', text: '' });
  const [name] = useState(() => proposedName(listing, connectors.values()));
  const isHardware = listing.kind === 'hardware';
  const unit = devices.get(chosen)?.unit ?? null;
  return (
    <InstallForm
      listing={listing}
      unitKnown={unit !== null}
      proposedName={name}
      device={isHardware ? chosen || matchOf(match, listing) : null}
      onInstalled={onInstalled}
      onCancel={onCancel}
      onBusy={onBusy}
      before={() =>
        isHardware && (
          <>
            <div className="field">
              <label htmlFor="install-device">{t('install.device')}</label>
              <select id="install-device" value={chosen} onChange={(event) => setChosen(event.target.value)}>
                <option value="">{t('install.later')}</option>
                {free.map((device) => (
                  <option key={device.id} value={device.id}>
                    {deviceName(device)} – {device.path}
                  </option>
                ))}
              </select>
            </div>
            {chosen === '' && <LaterFields match={match} onChange={setMatch} />}
          </>
        )
      }
    />
  );
}

/** How a device that comes later is known. */
interface Match {
  readonly by: 'listing' | 'product' | 'serial_number' | 'path';
  readonly text: string;
}

function matchOf({ by, text }: Match, { id }: Listing): Readonly<Record<string, string>> {
  return by === 'listing' ? { listing: id } : { [by]: text.trim() };
}

function LaterFields({ match, onChange }: { readonly match: Match; readonly onChange: (match: Match) => void }) {
  const { t } = useWords();
  const ways = [
    ['listing', t('install.byListing')],
    ['product', t('install.byProduct')],
    ['serial_number', t('install.bySerial')],
    ['path', t('install.byPath')],
  ] as const;
  return (
    <>
      <div className="field">
        <label htmlFor="install-by">{t('install.match')}</label>
        <select
          id="install-by"
          value={match.by}
          onChange={(event) =>
            onChange({ ...match, by: ways.find(([by]) => by === event.target.value)?.[0] ?? 'listing' })
          }
        >
          {ways.map(([by, word]) => (
            <option key={by} value={by}>
              {word}
            </option>
          ))}
        </select>
      </div>
      {match.by !== 'listing' && (
        <div className="field">
          <label htmlFor="install-match">{ways.find(([by]) => by === match.by)?.[1]}</label>
          <input
            id="install-match"
            type="text"
            required
            spellCheck={false}
            value={match.text}
            onChange={(event) => onChange({ ...match, text: event.target.value })}
            aria-describedby="install-match-help"
          />
          <span className="help" id="install-match-help">
            {t('install.matchHelp')}
          </span>
        </div>
      )}
    </>
  );
}
