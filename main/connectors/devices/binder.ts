import { AgentError } from '../../../drivers/kit/index.ts';
import type { BindingState } from '../../hardware/index.ts';
import type { ConnectorSide } from '../../sources/index.ts';
import type { Clock } from '../clock.ts';
import { type ConnectorRecord, driverSettings, unitOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import type { Catalogue } from '../installing/catalogue.ts';
import type { Log } from '../log.ts';
import type { TimedOutputs } from '../outputs/timed-outputs.ts';
import type { DeviceCache } from './device-cache.ts';
import type { DeviceChooser } from './device-choice.ts';

/** Ties connectors to devices at the device side. */
export interface Binder {
  /** Asks what the connector can do, and binds it. Never rejects: what stands in the way is its health. */
  bind(connectorId: string): Promise<void>;
  /** Gives connectors that wait for a device the one that has come. */
  adopt(): Promise<void>;
  /** Resolves once the device side has opened the session or says why it can't, or after `timeoutMs`. */
  opened(connectorId: string, timeoutMs: number): Promise<void>;
  /** A binding changed: tells health, and keeps a serial number that was learned. */
  onState(connectorId: string, state: BindingState, causeId: string | null): void;
}

/** Over the directory. */
export function createBinder(parts: {
  readonly deviceSide: ConnectorSide;
  readonly directory: Directory;
  readonly devices: DeviceCache;
  readonly catalogue: Catalogue;
  readonly chooser: DeviceChooser;
  readonly health: HealthTracker;
  readonly outputs: Pick<TimedOutputs, 'pendingFor'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Nothing was said to its device yet. */
  readonly beforeBinding: (connectorId: string) => Promise<void>;
  readonly onBinding: (connectorId: string, state: BindingState) => void;
  readonly onReady: (connectorId: string) => void;
  readonly onChange: (connectorId: string) => void;
}): Binder {
  const {
    deviceSide,
    directory,
    devices,
    catalogue,
    chooser,
    health,
    outputs,
    clock,
    log,
    beforeBinding,
    onBinding,
    onReady,
    onChange,
  } = parts;

  const opening = new Map<string, PromiseWithResolvers<void>>();

  const fail = (connectorId: string, error: AgentError, causeId: string | null = null) =>
    health.signal(connectorId, { type: 'failed', error: error.serialize(), causeId });

  const learnSerial = (record: ConnectorRecord, state: BindingState) => {
    if (state.state !== 'ready' || record.protocolSerial !== null) return;
    const protocolSerial = state.identification?.protocolSerial ?? null;
    if (protocolSerial === null) return;
    directory.change(record.id, { protocolSerial }).catch((error: unknown) => {
      log.warn({ code: AgentError.from(error).code, connector: record.id }, 'A serial number could not be stored');
    });
  };

  const onState: Binder['onState'] = (connectorId, state, causeId) => {
    const record = directory.find(connectorId);
    if (record === null) return;
    onBinding(connectorId, state);
    if (state.state === 'opening') {
      if (!opening.has(connectorId)) opening.set(connectorId, Promise.withResolvers());
      health.signal(connectorId, { type: 'opening' });
      return;
    }
    opening.get(connectorId)?.resolve();
    opening.delete(connectorId);
    if (state.state === 'unavailable') fail(connectorId, AgentError.deserialize(state.error), causeId);
    if (state.state === 'ready') {
      learnSerial(record, state);
      onReady(connectorId);
    }
  };

  const bindSource = async ({
    id: connectorId,
    name,
    listing,
    config,
    secretEntry,
  }: ConnectorRecord): Promise<void> => {
    try {
      directory.setTools(connectorId, await deviceSide.describeTools({ listing, config, unit: null, link: null }));
      const binding = { connectorId, connectorName: name, listing, config, secretEntry: secretEntry ?? '' };
      onState(connectorId, await deviceSide.bindSource(binding), null);
    } catch (error) {
      const { code } = AgentError.from(error);
      log.warn({ code, connector: connectorId, err: error }, 'A connector could not be bound');
      fail(connectorId, AgentError.from(error));
    }
  };

  const bind = async (connectorId: string): Promise<void> => {
    const record = directory.get(connectorId);
    await beforeBinding(connectorId);
    if (record.kind === 'saas') return bindSource(record);
    const settings = driverSettings(record.config);
    const device = record.deviceId === null ? null : devices.find(record.deviceId);
    try {
      const unit = unitOf(record.config, device);
      const link = device?.bus ?? null;
      const tools = await deviceSide.describeTools({ listing: record.listing, config: settings, unit, link });
      directory.setTools(connectorId, tools);
      if (record.deviceId === null) {
        fail(connectorId, awaited(record.name));
        return;
      }
      const state = await deviceSide.bind({
        connectorId,
        connectorName: record.name,
        listing: record.listing,
        deviceId: record.deviceId,
        config: settings,
        protocolSerial: record.protocolSerial,
        releases: outputs.pendingFor(connectorId, record.deviceId),
      });
      onState(connectorId, state, null);
    } catch (error) {
      log.warn(
        { code: AgentError.from(error).code, connector: connectorId, err: error },
        'A connector could not be bound',
      );
      fail(connectorId, AgentError.from(error));
    }
  };

  return {
    bind,
    onState,
    async opened(connectorId, timeoutMs) {
      const pending = opening.get(connectorId);
      if (pending === undefined) return;
      const stopClock = clock.after(timeoutMs, pending.resolve);
      await pending.promise;
      stopClock();
    },
    async adopt() {
      for (const record of directory.all()) {
        if (record.deviceId !== null || record.kind === 'saas') continue;
        try {
          const choice = await chooser.choose(catalogue.get(record.listing), record.config, record.id);
          if (choice.type === 'awaited') continue;
          await directory.change(record.id, { deviceId: choice.deviceId });
          await bind(record.id);
          onChange(record.id);
        } catch (error) {
          // Two that match, or one that is taken: a person has to say which.
          const code = AgentError.is(error, 'invalid_parameter', 'state_conflict') ? 'ambiguous_device' : null;
          const fault = AgentError.from(error);
          fail(record.id, code === null ? fault : new AgentError(code, fault.message, { hint: fault.hint ?? '' }));
        }
      }
    },
  };
}

function awaited(name: string): AgentError {
  return new AgentError('device_unplugged', `${name} waits for its device.`);
}
