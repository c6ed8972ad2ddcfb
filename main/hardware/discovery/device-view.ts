import { type Driver, isNetworkPath, isTcpPath } from '../../../drivers/kit/index.ts';
import type { Confidence, Device, DeviceProblem, PortHolder, Recognition } from '../device.ts';
import { isContradicted, isProven } from './confirmation.ts';
import { keyboardObstacle } from './keyboard-scanner.ts';
import { recognise, recognisedByAnswer } from './recognition.ts';
import { confirmationOf, type RememberedRow } from './remembered-device.ts';
import type { SeenPort } from './seen-port.ts';

/** A device as the registry keeps it: what is remembered, and what is true now. */
export interface DeviceRecord {
  row: RememberedRow;
  /** The port while it is there; always null for a unit on a bus, which is there when its port is. */
  port: SeenPort | null;
  /** What it reported since it was plugged in. */
  reportedSerial: string | null;
  problem: DeviceProblem | null;
  holder: PortHolder | null;
}

const explanations: Readonly<Record<Confidence, string>> = {
  protocol_serial: 'The device itself reports its serial number.',
  serial: 'It carries a serial number that was never seen twice on this machine.',
  port: 'No serial number tells it apart: the socket is known, not the unit. Another unit in the same socket goes unnoticed.',
  path: 'Nothing but its path is known. Another unit at the same path goes unnoticed.',
  ambiguous: 'Which of several like units this is can not be known. A person has to say so.',
};

const networkExplanation = 'Nothing but its address is known. Another unit at the same address goes unnoticed.';

/** The device as others see it. `port` is the record of the port it sits on: its own, or for a unit on a bus the bus's. */
export function viewDevice(
  record: DeviceRecord,
  port: DeviceRecord,
  drivers: readonly Driver[],
  lookedAt: string,
): Device {
  const { row, problem, holder, reportedSerial } = record;
  const state = confirmationOf(row, reportedSerial);
  const base: Confidence = port.row.unsettled ? 'ambiguous' : (port.row.level ?? 'path');
  const present = port.port !== null;
  const proven = present && isProven(state) && !row.protocol_serial_not_unique;
  const confidence = proven ? 'protocol_serial' : base;
  // Rows stored before there were other links name none.
  const bus = port.row.bus ?? (isTcpPath(port.row.path) ? 'tcp' : 'serial');
  const obstacle = bus === 'hid' ? keyboardObstacle(port.row.descriptor) : null;
  const seen = hindered(recognise(port.row.descriptor, drivers, bus), obstacle);
  return {
    id: row.id,
    parent: row.parent,
    bus,
    path: port.row.path,
    unit: row.unit,
    present,
    simulated: port.row.simulated,
    declared: port.row.declared,
    added: row.added,
    descriptor: port.row.descriptor,
    identity: {
      confidence,
      explanation: isContradicted(state)
        ? `It reports the serial number ${reportedSerial}, but was known as ${row.protocol_serial}: this is another unit.`
        : isNetworkPath(port.row.path) && confidence === 'path'
          ? networkExplanation
          : explanations[confidence],
      protocol_serial: reportedSerial ?? row.protocol_serial,
      needs_confirmation: row.needs_confirmation,
    },
    recognition:
      row.answered_as === null ? seen : recognisedByAnswer(seen, row.answered_as.listing, row.answered_as.model),
    found: row.found,
    holder,
    problem: obstacle ?? problem,
    ...(obstacle === null ? {} : { obstacle }),
    first_seen_at: row.first_seen_at,
    last_seen_at: present ? lookedAt : row.last_seen_at,
  };
}

/** What can't be used as it is, is nobody's. */
function hindered(recognition: Recognition, obstacle: DeviceProblem | null): Recognition {
  if (obstacle === null) return recognition;
  return { listing: null, certainty: 'unclear', reason: obstacle.message, candidates: [], shared_adapter: false };
}
