import { AgentError } from '../../../drivers/kit/index.ts';
import type {
  Clock,
  Connector,
  ConnectorService,
  JournalEntry,
  Log,
  ServiceEvent,
  StreamNews,
} from '../../connectors/index.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { markText, readMark } from './connector-mark.ts';
import {
  effectDraft,
  goneDraft,
  missedDraft,
  pauseDraft,
  presentDraft,
  readingDraft,
  receivedDraft,
  statusDraft,
  streamNames,
  subjectOf,
} from './drafts.ts';
import { createReadingSampler, type ReadingPolicy } from './reading-policy.ts';
import { endedAt, isTold, readTold, toldText } from './told-effects.ts';

/** What the feeder needs of the connectors. */
export type FedService = Pick<ConnectorService, 'list' | 'journal' | 'heardAfter' | 'subscribe' | 'paused'>;

/** Entries of a stream that are taken over at once. */
const STREAM_PAGE = 200;
/** Rows of the journal that are looked through for what was not told. */
const JOURNAL_LOOK_BACK = 1_000;

/**
 * Puts what happens into the outbox, from now on until the returned function is called. What happened while nobody listened
 * (a crash between an event and its place in the outbox, a flood) is taken over from where it is kept: the log of the
 * streams, the journal, the list of connectors. Nothing is told twice and nothing from before the outbox was begun.
 */
export function feedOutbox(parts: {
  readonly service: FedService;
  readonly outbox: Outbox;
  readonly readings: ReadingPolicy;
  /** What events of the machine itself name as their source. */
  readonly agentName: string;
  readonly clock: Clock;
  readonly log: Log;
}): () => void {
  const { service, outbox, agentName, clock, log } = parts;
  const now = () => new Date(clock.now()).toISOString();
  const known = new Map<string, Connector>();
  const sampler = createReadingSampler(parts.readings, clock, (reading) => {
    const connector = known.get(reading.connector_id);
    if (connector !== undefined) outbox.append(readingDraft(connector, reading));
  });

  const markOf = (id: string) => readMark(outbox.origin(id, streamNames.connector));

  const present = (shown: Connector) => {
    const mark = markOf(shown.id);
    // While its device is away nothing else says that it is simulated.
    const connector = { ...shown, simulated: shown.simulated || mark?.simulated === true };
    known.set(connector.id, connector);
    const { id, name, simulated } = connector;
    if (mark?.there !== true) {
      const text = markText({ name, simulated, there: true });
      outbox.append(presentDraft(connector, 'connector.installed', connector.created_at, text));
    } else if (mark.name !== name) {
      outbox.append(presentDraft(connector, 'connector.renamed', now(), markText({ name, simulated, there: true })));
    }
    const { status, health } = connector;
    if (health.state === 'starting') return;
    const state = `${status} ${health.state} ${health.reason ?? ''}`;
    if (outbox.origin(id, streamNames.health) !== state) outbox.append(statusDraft(connector, health.since, state));
  };

  const gone = (id: string) => {
    const mark = markOf(id);
    const simulated = known.get(id)?.simulated ?? mark?.simulated ?? false;
    known.delete(id);
    sampler.forget(id);
    if (mark?.there !== true) return;
    outbox.append(goneDraft(id, mark.name, simulated, now(), markText({ ...mark, simulated, there: false })));
  };

  const effect = (entry: JournalEntry) => {
    const at = endedAt(entry);
    if (at === null || Date.parse(at) < outbox.begunMs) return;
    const told = readTold(outbox.origin(entry.device_id, streamNames.effects));
    if (isTold(told, entry, at)) return;
    const simulated = known.get(entry.connector_id)?.simulated ?? markOf(entry.connector_id)?.simulated ?? false;
    outbox.append(effectDraft(entry, simulated, at, toldText(told, entry, at)));
  };

  /** Takes over what a device sent since its last event here. */
  const heard = (connector: Connector, tool: string) => {
    const { device } = subjectOf(connector);
    for (;;) {
      const after = outbox.origin(device, tool);
      if (after === null) return;
      const { items, gaps, cursor, more } = service.heardAfter(connector.id, after, STREAM_PAGE);
      let place = after;
      for (const [index, item] of [...items, null].entries()) {
        for (const gap of gaps) {
          if (gap['before'] !== index) continue;
          const { before: _, at, ...what } = gap;
          outbox.append(missedDraft(connector, tool, what, String(at), item === null ? cursor : place));
        }
        if (item === null) break;
        const { cursor: behind, at, ...what } = item;
        place = String(behind);
        outbox.append(receivedDraft(connector, tool, what, String(at), place));
      }
      if (!more) return;
    }
  };

  const news = ({ connector_id: id, device_id, tool, at, cursor, entry }: StreamNews) => {
    const connector = known.get(id);
    if (connector === undefined || !isEach(connector, tool)) return;
    const begun = outbox.origin(subjectOf(connector).device, tool) !== null;
    try {
      if (begun) return heard(connector, tool);
    } catch (error) {
      log.warn(
        { code: AgentError.from(error).code, connector: id },
        'What a device sent before can not be found again',
      );
    }
    if (entry.kind === 'item') outbox.append(receivedDraft(connector, tool, { ...entry.item, device_id }, at, cursor));
    else {
      const { kind: _, ...what } = entry;
      outbox.append(missedDraft(connector, tool, { ...what, device_id }, at, cursor));
    }
  };

  const catchUp = () => {
    const connectors = service.list();
    const ids = new Set(connectors.map(({ id }) => id));
    for (const connector of connectors) present(connector);
    for (const id of outbox.devicesOf(streamNames.connector)) if (!ids.has(id)) gone(id);
    for (const connector of connectors) {
      const tool = connector.tools.find(({ stream }) => stream?.delivery === 'each');
      if (tool === undefined) continue;
      try {
        heard(connector, tool.capability);
      } catch (error) {
        log.warn(
          { code: AgentError.from(error).code, connector: connector.id },
          'What a device sent before can not be found again',
        );
      }
    }
    for (const entry of [...service.journal({ limit: JOURNAL_LOOK_BACK })].reverse()) effect(entry);
  };

  const take = (event: ServiceEvent) => {
    switch (event.type) {
      case 'connector':
        return present(event.connector);
      case 'connector_removed':
        return gone(event.connector_id);
      case 'reading': {
        const connector = known.get(event.reading.connector_id);
        if (connector !== undefined && !isEach(connector, event.reading.tool)) sampler.offer(event.reading);
        return;
      }
      case 'stream':
        return news(event.news);
      case 'journal':
        return effect(event.entry);
      case 'pause':
        return outbox.append(pauseDraft(agentName, event.paused, now()));
      case 'gap':
        return catchUp();
      default:
        return;
    }
  };

  catchUp();
  const stop = service.subscribe(take);
  return () => {
    stop();
    sampler.close();
  };
}

/** Whether every single item of this tool counts: of others the newest is enough. */
function isEach(connector: Connector, tool: string): boolean {
  return connector.tools.some(({ capability, stream }) => capability === tool && stream?.delivery === 'each');
}
