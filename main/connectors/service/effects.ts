import { AgentError } from '../../../drivers/kit/index.ts';
import { createApprovalDesk } from '../approvals/approval-desk.ts';
import { performApproved } from '../calls/attempt.ts';
import type { CallParts } from '../calls/call-parts.ts';
import { createGate } from '../calls/gate.ts';
import { createLiveEffects } from '../calls/live-effects.ts';
import type { HealthMonitor } from '../health/health-monitor.ts';
import { createUnresolvedEffects } from '../journal/unresolved.ts';
import { createTimedOutputs } from '../outputs/timed-outputs.ts';
import type { Streams } from '../streams/streams.ts';
import type { Lifetime } from './lifetime.ts';
import type { ConnectorServiceOptions } from './options.ts';
import type { Records } from './records.ts';

const APPROVAL_COUNTDOWN_MS = 120_000;

/** What side effects go through, from the gate to the end of a timed output. */
export type Effects = ReturnType<typeof createEffects>;

/** Follows the outputs of the device side from now on, until {@link Effects.unsubscribe}. */
export function createEffects(
  records: Records,
  monitor: HealthMonitor,
  streams: Streams,
  lifetime: Lifetime,
  { permits, approvalCountdownMs = APPROVAL_COUNTDOWN_MS }: ConnectorServiceOptions,
) {
  const { deviceSide, directory, devices, health, readings, journal, epoch, pause, events, clock, log } = records;
  const live = createLiveEffects(clock);
  const outputs = createTimedOutputs({
    journal,
    permits,
    directory,
    health,
    clock,
    log,
    onOff: (connectorId) => void monitor.checkNow(connectorId, true),
  });
  // On its own: it goes on until everything is off, when nothing else is followed any more.
  const unsubscribe = deviceSide.subscribe((event) => {
    if (event.type === 'output') outputs.onOutput(event);
  });
  const gate = createGate({ directory, devices, journal, epoch, pause, outputs, clock });
  const unresolved = createUnresolvedEffects({ deviceSide, journal, clock, log });
  const approvals = createApprovalDesk({
    journal,
    live,
    gate,
    directory,
    devices,
    clock,
    log,
    countdownMs: approvalCountdownMs,
    async planNow({ connectorId, tool, arguments: args }) {
      const { plan } = await deviceSide.prepare({ connectorId, tool, arguments: args });
      if (plan === null) throw new AgentError('internal_error', `${tool} made no plan.`);
      return plan;
    },
    perform: (intent, accept, self, onProgress) => performApproved(callParts, intent, accept, self, onProgress),
    onChange: (approval) => events.emit({ type: 'approval', approval }),
  });
  const callParts: CallParts = {
    deviceSide,
    permits,
    directory,
    readings,
    streams,
    journal,
    live,
    gate,
    approvals,
    unresolved,
    outputs,
    clock,
    log,
    closing: lifetime.closing,
    onToolPassed(connectorId, tool) {
      if (health.state(connectorId).failedTest?.tool === tool) {
        health.signal(connectorId, { type: 'tools_passed', tools: [tool] });
      }
    },
  };
  return { live, outputs, unsubscribe, unresolved, approvals, callParts };
}
