import { type FormEvent, useRef, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { go, Link, leaveSheet } from '../frame/router.tsx';
import { type RequestError, request } from '../live/request.ts';
import { noteEvent } from '../live/store.ts';
import { type AddressCheck, addressCheckSchema, deviceSchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';
import { addressOf, type NetworkKind, networkKinds, partsOf } from './network-address.ts';

/** What is known of the address that was asked about. */
type Asked =
  | { readonly state: 'idle' | 'checking' | 'adding' }
  | { readonly state: 'not-reached' | 'known'; readonly check: AddressCheck }
  | { readonly state: 'failed'; readonly error: RequestError };

/** Adds a device on the network by its address: tried first, without sending anything; then a device like any other. */
export function AddAddress() {
  const { t } = useWords();
  const host = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<NetworkKind>('tcp');
  const [name, setName] = useState('');
  const [port, setPort] = useState('');
  const [asked, setAsked] = useState<Asked>({ state: 'idle' });
  const busy = asked.state === 'checking' || asked.state === 'adding';
  const close = () => leaveSheet({ at: 'home' });
  const change = (set: (value: string) => void) => (event: { readonly target: { readonly value: string } }) => {
    set(event.target.value);
    setAsked({ state: 'idle' });
  };
  /** A whole address in the first field is taken apart, as people paste it. */
  const changeName = (event: { readonly target: { readonly value: string } }) => {
    const whole = partsOf(event.target.value);
    if (whole !== null) {
      setKind(whole.kind);
      setPort(whole.port);
    }
    change(setName)({ target: { value: whole?.host ?? event.target.value } });
  };

  const add = async (address: string) => {
    setAsked({ state: 'adding' });
    const device = await request('POST', '/v1/devices', deviceSchema, { body: { address } });
    noteEvent({ type: 'device', device });
    announce(t('home.added', { address: device.path }));
    go({ at: 'device', deviceId: device.id, installing: false }, { replace: true });
  };
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      setAsked({ state: 'failed', error: toRequestError(error) });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(async () => {
      setAsked({ state: 'checking' });
      const address = addressOf({ kind, host: name, port });
      const check = await request('POST', '/v1/devices/check-address', addressCheckSchema, { body: { address } });
      if (check.device !== null) setAsked({ state: 'known', check });
      else if (check.error !== null) setAsked({ state: 'not-reached', check });
      else await add(check.address);
    });
  };

  return (
    <Sheet title={t('home.addTitle')} onClose={close} closable={!busy} first={() => host.current}>
      <form className="form" onSubmit={submit}>
        <p>{t('home.addBody')}</p>
        <fieldset className="field">
          <legend>{t('home.addKind')}</legend>
          {networkKinds.map((each) => (
            <label key={each} className="option">
              <input
                type="radio"
                name="kind"
                checked={kind === each}
                onChange={() => {
                  setKind(each);
                  setAsked({ state: 'idle' });
                }}
              />
              <span>
                {t(each === 'tcp' ? 'home.addTcp' : 'home.addServer')}{' '}
                <span className="muted">{t(each === 'tcp' ? 'home.addTcpBody' : 'home.addServerBody')}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="address-fields">
          <div className="field">
            <label htmlFor="address-host">{t('home.addHost')}</label>
            <input
              id="address-host"
              ref={host}
              required
              type="text"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="192.168.1.60"
              value={name}
              onChange={changeName}
            />
          </div>
          <div className="field">
            <label htmlFor="address-port">{t('home.addPort')}</label>
            <input
              id="address-port"
              type="text"
              inputMode="numeric"
              pattern="\d{1,5}"
              autoComplete="off"
              required={kind !== 'tcp'}
              placeholder={kind === 'tcp' ? '9100' : '4001'}
              value={port}
              onChange={change(setPort)}
            />
          </div>
        </div>
        <p className="muted">{t('home.addSafe')}</p>
        <div aria-live="polite">
          {asked.state === 'known' && asked.check.device !== null && (
            <p className="note">
              {t('home.addKnown')}{' '}
              <Link to={{ at: 'device', deviceId: asked.check.device, installing: false }}>{asked.check.address}</Link>
            </p>
          )}
          {asked.state === 'not-reached' && asked.check.error !== null && (
            <div className="problem" data-not-reached>
              <p>
                <strong>{t('home.addNotReached', { address: asked.check.address })}</strong>
              </p>
              <p>
                <AgentText>{[asked.check.error.message, asked.check.error.hint].filter(Boolean).join(' ')}</AgentText>
              </p>
              <button type="button" onClick={() => void attempt(() => add(asked.check.address))}>
                {t('home.addAnyway')}
              </button>
            </div>
          )}
          {asked.state === 'failed' && <Problem error={asked.error} />}
        </div>
        <div className="sheet-foot">
          <button type="button" onClick={close} disabled={busy}>
            {t('install.cancel')}
          </button>
          <button type="submit" className="primary" disabled={busy}>
            {t(
              asked.state === 'checking'
                ? 'home.addChecking'
                : asked.state === 'adding'
                  ? 'home.adding'
                  : 'home.addNow',
            )}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
