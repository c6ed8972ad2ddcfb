import { useState } from 'react';
import type { RequestError } from '../live/request.ts';
import { request } from '../live/request.ts';
import { noteEvent, useLive } from '../live/store.ts';
import { pauseSchema } from '../live/wire.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { Question } from '../parts/question.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';
import { announce } from './announcer.ts';

async function setPaused(paused: boolean): Promise<void> {
  const answer = await request('PUT', '/v1/pause', pauseSchema, { body: { paused } });
  noteEvent({ type: 'pause', paused: answer.paused });
}

/** Stops all side effects at once; lets them go on only after a question. */
export function PauseButton() {
  const { t } = useWords();
  const paused = useLive((state) => state.paused);
  const heard = useLive((state) => state.link === 'live');
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const pause = async () => {
    try {
      await setPaused(true);
      announce(t('frame.pausedNow'));
    } catch (error) {
      setProblem(toRequestError(error));
    }
  };
  return (
    <>
      <button type="button" onClick={paused ? () => setAsking(true) : pause} disabled={!heard}>
        {paused ? t('frame.resume') : t('frame.pause')}
      </button>
      {problem !== null && (
        <Sheet title={t('frame.notPaused')} onClose={() => setProblem(null)}>
          <Problem error={problem} />
        </Sheet>
      )}
      {asking && (
        <Question
          title={t('frame.resumeTitle')}
          safe={t('frame.stayPaused')}
          act={t('frame.resumeNow')}
          running={t('frame.resuming')}
          onClose={() => setAsking(false)}
          onAct={async () => {
            await setPaused(false);
            announce(t('frame.resumed'));
          }}
        >
          <p>{t('frame.resumeBody')}</p>
        </Question>
      )}
    </>
  );
}
