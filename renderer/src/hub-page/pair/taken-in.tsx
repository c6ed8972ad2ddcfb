import { useEffect, useRef, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { useWords } from '../../words/language.ts';
import { useHub } from '../live.ts';
import { MachineState } from '../machine-state.tsx';
import { Link } from '../router.tsx';

/** A machine asks every five seconds whether it was taken in; well after that it should have linked. */
const LONG_MS = 45_000;

/** After the approval: the machine as it links, live. */
export function TakenIn({
  name,
  keyWords,
  onOther,
}: {
  readonly name: string;
  readonly keyWords: string;
  readonly onOther: () => void;
}) {
  const { t } = useWords();
  const machines = useHub((state) => state.machines);
  const machine = [...(machines?.values() ?? [])].find(
    ({ key_words, state }) => key_words === keyWords && state !== 'revoked',
  );
  const linked = machine?.state === 'linked';
  const [long, setLong] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (linked) {
      announce(t('hub.isLinked', { name }));
      return;
    }
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, [linked, name, t]);
  return (
    <section className="card" data-taken-in={machine?.state ?? 'unknown'}>
      <h2 ref={heading} tabIndex={-1}>
        {t('hub.takenIn', { name })}
      </h2>
      {machine !== undefined && <MachineState machine={machine} />}
      {!linked && machines !== null && <p>{t(long ? 'hub.waitingLong' : 'hub.waiting')}</p>}
      <div className="actions">
        {machine !== undefined && (
          <Link to={{ at: 'machine', id: machine.id }} className="button primary">
            {t('hub.openMachine', { name })}
          </Link>
        )}
        <button type="button" onClick={onOther}>
          {t('hub.other')}
        </button>
      </div>
    </section>
  );
}
