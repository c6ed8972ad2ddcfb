import { useEffect, useRef } from 'react';
import type { RequestError } from '../live/request.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem } from '../parts/problem.tsx';

/** An error in words of its own where there are some, with the hub's hint where that says more; else as everywhere. */
export function SaidProblem({
  error,
  said,
  hint = false,
}: {
  readonly error: RequestError;
  readonly said: string | null;
  /** Whether the hub's hint says something that our words don't. */
  readonly hint?: boolean;
}) {
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each error is said anew
  useEffect(() => place.current?.focus(), [error]);
  if (said === null) return <Problem error={error} takesFocus />;
  return (
    <div className="problem" role="alert" ref={place} tabIndex={-1}>
      <p>{said}</p>
      {hint && error.hint !== null && (
        <p>
          <AgentText>{error.hint}</AgentText>
        </p>
      )}
    </div>
  );
}
