import { useState } from 'react';
import type { RequestError } from '../live/request.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';

/** A button for what the desktop program does, and why it was not done. */
export function ShellButton({
  label,
  act,
  disabled = false,
}: {
  readonly label: string;
  readonly act: () => Promise<void>;
  readonly disabled?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const press = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" onClick={press} disabled={busy || disabled}>
        {label}
      </button>
      {problem !== null && <Problem error={problem} takesFocus />}
    </>
  );
}
