import { useEffect, useRef, useState } from 'react';
import { RequestError, request } from './api.ts';
import { forgetConnector } from './use-agent.ts';
import type { Connector } from './wire.ts';

/** Asks before a connector goes, and says what goes and what stays. Focus starts on keeping it. */
export function UninstallDialog({
  connector,
  onClose,
  say,
}: {
  readonly connector: Connector;
  readonly onClose: () => void;
  readonly say: (text: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const uninstall = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await request('DELETE', `/v1/connectors/${connector.id}`);
      say(`${connector.name} is uninstalled.`);
      forgetConnector(connector.id);
    } catch (error) {
      setBusy(false);
      setProblem(
        error instanceof RequestError
          ? [error.message, error.hint].filter(Boolean).join(' ')
          : 'The agent did not answer. Nothing was removed.',
      );
    }
  };

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={`uninstall-${connector.id}`}>
      <h3 id={`uninstall-${connector.id}`}>Uninstall {connector.name}?</h3>
      <p>
        Its credentials and settings are deleted, and programs can't use {connector.capabilities.join(', ')} of this
        device any more. Its history and tests are kept.
      </p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="row">
        <button type="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" className="primary" onClick={uninstall} disabled={busy}>
          {busy ? 'Uninstalling…' : `Uninstall ${connector.name}`}
        </button>
      </div>
    </dialog>
  );
}
