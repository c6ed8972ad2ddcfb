import { lazy, Suspense } from 'react';
import { Link } from '../../frame/router.tsx';
import { comesByItself } from '../../live/facts.ts';
import type { Connector } from '../../live/wire.ts';
import { LiveFacts } from '../../parts/live-facts.tsx';
import { IdentityTag, IdentityWords } from '../../parts/tags.tsx';
import { useWords } from '../../words/language.ts';
import { Course } from './course.tsx';
import { Heard } from './heard.tsx';
import { Lately } from './lately.tsx';

const HealthTimeline = lazy(async () => ({
  default: (await import('../health-timeline/health-timeline.tsx')).HealthTimeline,
}));
const PrinterPicture = lazy(async () => ({ default: (await import('./printer-picture.tsx')).PrinterPicture }));

/** What the device says now, how it came to it, and what was done with it lately. */
export function LiveTab({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const { id, health, device } = connector;
  const reading = connector.tools.filter((tool) => !tool.side_effect);
  return (
    <>
      <section className="card">
        <LiveFacts connectorId={id} size="big" inError={health.state === 'error'} />
        {device !== null && (
          <p>
            <IdentityTag device={device} />{' '}
            <span className="muted">
              <IdentityWords device={device} />
            </span>
          </p>
        )}
        <div className="actions">
          <Link to={{ at: 'connector', connectorId: id, tab: 'tests' }} className="button">
            {t('connector.test')}
          </Link>
          <Link to={{ at: 'connector', connectorId: id, tab: 'actions' }} className="button">
            {t('connector.actions')}
          </Link>
        </div>
      </section>
      {connector.capabilities.includes('printer.read') && (
        <Suspense>
          <PrinterPicture connector={connector} />
        </Suspense>
      )}
      {reading.map(({ name }) =>
        comesByItself(name) ? (
          <Heard key={name} connectorId={id} tool={name} device={device} />
        ) : (
          <Course key={name} connectorId={id} tool={name} />
        ),
      )}
      <Suspense fallback={null}>
        <HealthTimeline connector={connector} />
      </Suspense>
      <Lately connectorId={id} acts={connector.tools.some((tool) => tool.side_effect)} />
    </>
  );
}
