import { type FormEvent, useEffect, useState } from 'react';
import { RequestError } from '../live/request.ts';
import { apiPageWords as words } from '../words/api-page.ts';
import { type Access, fetchDocument } from './access.ts';
import { Explorer } from './explorer.tsx';

/** The API as this agent serves it: to read, and to try with the window's session or a token that is typed in. */
export function ApiPage() {
  const [access, setAccess] = useState<Access>({ kind: 'window' });
  const [document, setDocument] = useState<object | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [looking, setLooking] = useState(true);

  useEffect(() => {
    let left = false;
    setLooking(true);
    fetchDocument(access)
      .then((found) => {
        if (!left) setDocument(found);
      })
      .catch((error: unknown) => {
        // Without a session nothing was asked for yet, so nothing is wrong yet.
        if (!left) setProblem(access.kind === 'window' && isSignedOut(error) ? null : wordsFor(error));
      })
      .finally(() => {
        if (!left) setLooking(false);
      });
    return () => {
      left = true;
    };
  }, [access]);

  return (
    <>
      <header className="bar">
        <div>
          <h1>{words.title}</h1>
          {document !== null && (
            <p className="notice">
              {access.kind === 'window' ? words.asWindow : words.asToken} {words.forReal}
            </p>
          )}
        </div>
      </header>
      {document === null ? (
        <main>
          {looking ? (
            <p>{words.looking}</p>
          ) : (
            <TokenForm problem={problem} onToken={(token) => setAccess({ kind: 'token', token })} />
          )}
        </main>
      ) : (
        <Explorer access={access} document={document} />
      )}
    </>
  );
}

function TokenForm({
  problem,
  onToken,
}: {
  readonly problem: string | null;
  readonly onToken: (token: string) => void;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim() !== '') onToken(token.trim());
  };
  return (
    <form className="token-form" onSubmit={submit}>
      <p>{words.howToComeIn}</p>
      <p>
        <code>{words.command}</code>
      </p>
      <label htmlFor="token">{words.tokenLabel}</label>
      <input id="token" name="token" type="password" autoComplete="off" spellCheck={false} required />
      <button type="submit">{words.show}</button>
      <p className="muted">{words.memoryOnly}</p>
      {problem !== null && <p role="alert">{problem}</p>}
    </form>
  );
}

function isSignedOut(error: unknown): boolean {
  return error instanceof RequestError && error.status === 401;
}

function wordsFor(error: unknown): string {
  if (error instanceof RequestError) return [error.message, error.hint].filter(Boolean).join(' ');
  return words.noAnswer;
}
