import { AgentError, type MinConfidence } from '../../../drivers/kit/index.ts';
import type { Device } from '../../hardware/index.ts';
import type { Clock } from '../clock.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import { subjectOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { Intent, Refusal } from '../journal/intent.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalEpoch } from '../journal/journal-epoch.ts';
import type { TimedOutputs } from '../outputs/timed-outputs.ts';
import type { Pause } from '../policy/pause.ts';
import { judge } from '../policy/policy.ts';

/** Everything that may forbid a side effect on this machine, beside the device itself. */
export type Gate = (intent: Intent) => Refusal | null;

/**
 * Asked when a call comes, and again when the device's turn is held: policy, pause and identity may have changed while
 * it waited, and only then are the limits per time exact.
 */
export function createGate(parts: {
  readonly directory: Directory;
  readonly devices: DeviceCache;
  readonly journal: Journal;
  readonly epoch: JournalEpoch;
  readonly pause: Pause;
  readonly outputs: Pick<TimedOutputs, 'refusal'>;
  readonly clock: Clock;
}): Gate {
  const { directory, devices, journal, epoch, pause, outputs, clock } = parts;
  return (intent) => {
    if (pause.paused()) {
      return refused(
        'paused',
        'Actions are paused on this machine. Nothing was sent.',
        'Resume actions in the window or on this machine.',
      );
    }
    if (epoch.locked()) return { reason: 'unresolved_effect', error: epoch.lockedError() };
    const record = directory.find(intent.connectorId);
    if (record === null || subjectOf(record) !== intent.deviceId) {
      return refused(
        'policy_deny',
        `${intent.connectorName} was uninstalled or given another device meanwhile. Nothing was sent.`,
        'Look at the connector and call again.',
      );
    }
    const verdict = judge(record.policy, {
      connectorName: record.name,
      tool: intent.tool,
      arguments: intent.arguments,
      nowMs: clock.monotonicMs(),
      sentSince: (sinceMs) => journal.sentSince(intent.connectorId, intent.tool, sinceMs),
    });
    if (verdict !== null) return verdict;
    const tool = record.tools.find(({ capability }) => capability === intent.tool);
    if (!isSure(devices.find(intent.deviceId), tool?.min_confidence ?? 'serial')) {
      return refused(
        'unconfirmed_device',
        `It is not sure that the unit at ${record.name} is still the right one. Nothing was sent.`,
        `Look at it, then confirm on this machine: fibric-edge devices confirm ${intent.deviceId}`,
      );
    }
    return outputs.refusal(intent);
  };
}

/**
 * Whether the device needs no person's word for an effect that requires this much. A known socket is the place that a
 * connector is bound to, unless the effect must not happen at another unit in the same place (contract section 3).
 */
function isSure(device: Device | null, required: MinConfidence): boolean {
  if (device === null || !device.identity.needs_confirmation) return true;
  const { confidence, protocol_serial: serial } = device.identity;
  return required === 'port' && confidence === 'port' && serial === null;
}

function refused(reason: Refusal['reason'], message: string, hint: string): Refusal {
  return { reason, error: new AgentError('refused', message, { hint, details: { reason } }) };
}
