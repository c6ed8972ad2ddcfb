import { AgentError } from '../../../drivers/kit/index.ts';
import type { Lifetime } from './lifetime.ts';
import type { Records } from './records.ts';
import type { ConnectorService } from './service.ts';

type WireMethods = Pick<ConnectorService, 'wire' | 'followWire' | 'recordWire' | 'clearWire' | 'healthTimeline'>;

/** Entries of one page that a follower gets. */
const FOLLOWED = 500;

/** What went over wires, and how connectors were. */
export function wireMethods(records: Records, { requireOpen }: Lifetime): WireMethods {
  const { directory, wireLogs, healthHistory, log } = records;
  return {
    wire(connectorId, query) {
      directory.get(connectorId);
      return wireLogs.read(connectorId, query);
    },
    async followWire(connectorId, { after }, signal, take) {
      directory.get(connectorId);
      let cursor = after;
      let told = '';
      while (!signal.aborted && directory.find(connectorId) !== null) {
        const version = wireLogs.version(connectorId);
        const page = wireLogs.read(connectorId, {
          limit: FOLLOWED,
          ...(cursor === undefined ? {} : { after: cursor }),
        });
        const recording = JSON.stringify(page.recording);
        cursor = page.cursor;
        if (page.entries.length > 0 || recording !== told) await take(page);
        told = recording;
        if (page.more) continue;
        try {
          await wireLogs.beyond(connectorId, version, signal);
        } catch (error) {
          if (AgentError.is(error, 'cancelled', 'closed')) return;
          throw error;
        }
      }
    },
    async recordWire(connectorId, request, caller) {
      requireOpen();
      directory.get(connectorId);
      const recording = await wireLogs.record(connectorId, request);
      const message = request.on
        ? 'The wire of a connector is recorded'
        : 'The wire of a connector is not recorded any more';
      log.info({ connector: connectorId, by: caller.id, until: recording.until }, message);
      return recording;
    },
    clearWire(connectorId, caller) {
      requireOpen();
      directory.get(connectorId);
      wireLogs.clear(connectorId);
      log.info({ connector: connectorId, by: caller.id }, 'What was recorded of a wire was deleted');
      return wireLogs.read(connectorId, { limit: 1 });
    },
    async healthTimeline(connectorId, span) {
      directory.get(connectorId);
      return healthHistory.read(connectorId, span);
    },
  };
}
