import { useId, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { agentNow } from '../../live/clock.ts';
import type { RequestError } from '../../live/request.ts';
import type { WireLog } from '../../live/wire.ts';
import { Problem, toRequestError } from '../../parts/problem.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { useWords, type Words } from '../../words/language.ts';
import type { Look } from '../../words/states.table.ts';
import { displayClock } from '../../words/times.ts';

/** How long can be chosen, in minutes. */
const durations = [5, 15, 60, 480] as const;
const usualMinutes = 15;

const looks: Readonly<Record<'on' | 'off' | 'never', Look>> = {
  on: { shape: 'ring-dot', tone: 'listen' },
  off: { shape: 'ring-dashed', tone: 'off' },
  never: { shape: 'ring-bar', tone: 'off' },
};

/** Whether the wire is recorded, until when, and what begins or ends it. `onRecord`: for so many seconds; null ends it. */
export function RecordingBar({
  recording,
  onRecord,
}: {
  readonly recording: WireLog['recording'];
  readonly onRecord: (forS: number | null) => Promise<void>;
}) {
  const words = useWords();
  const { t, locale } = words;
  const [minutes, setMinutes] = useState<number>(usualMinutes);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const fieldId = useId();
  const { on, until, mode } = recording;
  const run = async (forS: number | null) => {
    setBusy(true);
    setProblem(null);
    try {
      await onRecord(forS);
      announce(t(forS === null ? 'wire.stopped' : 'wire.started'));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  if (mode === 'never') return <StateLine look={looks.never} word={t('wire.never')} />;
  const state = !on
    ? t('wire.off')
    : until === null
      ? t('wire.onForGood')
      : t('wire.on', { until: displayClock(until, locale, agentNow()) });
  return (
    <div className="wire-recording" data-recording={on}>
      <StateLine look={on ? looks.on : looks.off} word={state} />
      <div className="actions">
        <label htmlFor={fieldId} className="muted">
          {t('wire.forHowLong')}
        </label>
        <select id={fieldId} value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
          {durations.map((count) => (
            <option key={count} value={count}>
              {durationWords(words, count)}
            </option>
          ))}
        </select>
        <button type="button" className={on ? undefined : 'primary'} disabled={busy} onClick={() => run(minutes * 60)}>
          {t(on ? 'wire.goOn' : 'wire.record')}
        </button>
        {on && (
          <button type="button" disabled={busy} onClick={() => run(null)}>
            {t('wire.stop')}
          </button>
        )}
      </div>
      {problem !== null && <Problem error={problem} takesFocus />}
    </div>
  );
}

function durationWords({ t }: Words, minutes: number): string {
  return minutes < 60 ? t('wire.minutes', { count: minutes }) : t('wire.hours', { count: minutes / 60 });
}
