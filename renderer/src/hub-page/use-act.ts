import { useState } from 'react';
import type { RequestError } from '../live/request.ts';
import { toRequestError } from '../parts/problem.tsx';

/** Something a person does here, from the press to its end: once at a time, and what fails is kept to be shown. */
export function useAct(): {
  readonly busy: boolean;
  readonly problem: RequestError | null;
  readonly act: (run: () => Promise<void>) => Promise<void>;
  /** What was wrong is being put right. */
  readonly clear: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const act = async (run: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await run();
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, act, clear: () => setProblem(null) };
}
