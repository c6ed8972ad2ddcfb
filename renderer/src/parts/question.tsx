import { type ReactNode, useRef, useState } from 'react';
import type { RequestError } from '../live/request.ts';
import { Problem, toRequestError } from './problem.tsx';
import { Sheet } from './sheet.tsx';

/**
 * Asks before something that can't be taken back. The safe answer comes first and has focus; both say what they do. While
 * it runs nothing can be pressed twice; what fails is said here, and the question stays.
 */
export function Question({
  title,
  children,
  safe,
  act,
  running,
  onAct,
  onClose,
  describe,
  ready = true,
}: {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** The label of the answer that changes nothing. */
  readonly safe: string;
  /** The label of the answer that does it. */
  readonly act: string;
  /** What that button says while it is being done. */
  readonly running: string;
  readonly onAct: () => Promise<void>;
  readonly onClose: () => void;
  /** Says an error better than in general. */
  readonly describe?: (error: RequestError) => ReactNode;
  /** False while what has to be typed first is not there. */
  readonly ready?: boolean;
}) {
  const safeButton = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onAct();
      onClose();
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };
  return (
    <Sheet title={title} onClose={onClose} closable={!busy} first={() => safeButton.current}>
      {children}
      {problem !== null && (describe?.(problem) ?? <Problem error={problem} takesFocus />)}
      <div className="sheet-foot">
        <button type="button" ref={safeButton} onClick={onClose} disabled={busy}>
          {safe}
        </button>
        <button type="button" className="primary" onClick={run} disabled={busy || !ready}>
          {busy ? running : act}
        </button>
      </div>
    </Sheet>
  );
}
