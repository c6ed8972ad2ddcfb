import { useEffect, useRef } from 'react';
import { RequestError } from '../live/request.ts';
import { useWords, type Words } from '../words/language.ts';
import { AgentText } from './agent-text.tsx';

/** Any error as one that can be shown: what is no answer of the agent is a fault of this page, and says so. */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return new RequestError(0, 'page_fault', error instanceof Error ? error.message : String(error));
}

/** Our own words for it, if there are any. An agent that answers is there: what it can't reach is something else, a hub. */
function ownWords({ find }: Words, { code, status }: RequestError): string | null {
  return code === 'agent_unreachable' && status !== 0 ? null : find('errors', code);
}

/** One sentence for an error, for a live region. */
export function problemText(words: Words, error: RequestError): string {
  return ownWords(words, error) ?? error.message;
}

/**
 * What went wrong: what happened, what to do, and the agent's own account under "Details". `takesFocus` for an answer
 * to what a person has just done.
 */
export function Problem({
  error,
  takesFocus = false,
}: {
  readonly error: RequestError;
  readonly takesFocus?: boolean;
}) {
  const words = useWords();
  const { t } = words;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) place.current?.focus();
  }, [takesFocus]);
  const own = ownWords(words, error);
  return (
    <div className="problem" role="alert" ref={place} tabIndex={-1}>
      <p>{own ?? <AgentText>{error.message}</AgentText>}</p>
      {error.hint !== null && (
        <p>
          <AgentText>{error.hint}</AgentText>
        </p>
      )}
      {error.status !== 0 && (
        <details>
          <summary>{t('parts.details')}</summary>
          <dl className="facts">
            <dt>{t('parts.code')}</dt>
            <dd>
              <code>{error.code}</code>
            </dd>
            {own !== null && (
              <>
                <dt>{t('parts.agentSays')}</dt>
                <dd>
                  <AgentText>{error.message}</AgentText>
                </dd>
              </>
            )}
            {error.requestId !== null && (
              <>
                <dt>{t('parts.requestId')}</dt>
                <dd>
                  <code>{error.requestId}</code>
                </dd>
              </>
            )}
          </dl>
        </details>
      )}
    </div>
  );
}
