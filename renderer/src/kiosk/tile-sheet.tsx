import { lazy, Suspense } from 'react';
import { ConnectorState } from '../connector/connector-state.tsx';
import { RunTest } from '../connector/tests/run-test.tsx';
import type { Connector } from '../live/wire.ts';
import { LiveFacts } from '../parts/live-facts.tsx';
import { Sheet } from '../parts/sheet.tsx';

const PrinterPicture = lazy(async () => ({
  default: (await import('../connector/live/printer-picture.tsx')).PrinterPicture,
}));

/** All of one connector that helps at the device: its state, its values, and the test. Nothing here acts. */
export function TileSheet({ connector, onClose }: { readonly connector: Connector; readonly onClose: () => void }) {
  const { id, name, health, capabilities } = connector;
  const prints = capabilities.includes('printer.read');
  return (
    <Sheet title={name} onClose={onClose} wide>
      <ConnectorState connector={connector} />
      {prints ? (
        <Suspense>
          <PrinterPicture connector={connector} />
        </Suspense>
      ) : (
        <LiveFacts connectorId={id} size="big" inError={health.state === 'error'} />
      )}
      <RunTest connector={connector} />
    </Sheet>
  );
}
