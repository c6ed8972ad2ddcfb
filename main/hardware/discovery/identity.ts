import type { Confidence } from '../device.ts';
import { isDummySerial } from './serial-numbers.ts';

/** What is known of a port without opening it. */
export interface PortEvidence {
  readonly path: string;
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly serial: string | null;
  readonly interface: string | null;
  readonly topology: string | null;
  /** From configuration: then the path, too, is a person's word. */
  readonly declared: boolean;
}

/** What a device is known again by, best first. Once it had to become weaker, it stays so. */
export type IdentityLevel = 'serial' | 'port' | 'path';

/** A device as the matching sees it. */
export interface KnownPort {
  readonly id: string;
  /** As last seen. */
  readonly evidence: PortEvidence;
  readonly level: IdentityLevel;
  /** Its serial number was seen twice at once on this machine: worth nothing, for good. */
  readonly serialShared: boolean;
  /** Which unit this is could not be known; a person settles it. */
  readonly unsettled: boolean;
}

/** A port that is there now, with the device that it was a moment ago when it has not been away since. */
export interface PresentPort {
  readonly evidence: PortEvidence;
  readonly continues: string | null;
}

/** Which device a present port is. */
export interface PortAssignment {
  readonly known: KnownPort;
  readonly isNew: boolean;
}

/** The outcome of one matching. */
export interface Matching {
  /** One for each present port, in their order; no id twice. */
  readonly assignments: readonly PortAssignment[];
  /** Every known device that is not there, with what this look taught about it. */
  readonly absent: readonly KnownPort[];
}

/**
 * Decides which known device each present port is (contract section 3). A serial number binds while it is a real one
 * and was never seen twice at once; else the place binds, together with the kind of thing plugged in there; else the
 * path. What can't be known is `unsettled`, and never a silent guess.
 */
export function matchPorts(
  known: readonly KnownPort[],
  present: readonly PresentPort[],
  mintId: () => string,
): Matching {
  const evidence = present.map((port) => port.evidence);
  const shared = sharedSerials(known, evidence);
  const isShared = (port: PortEvidence) => shared.has(unitKey(port) ?? '');
  const stayed = (device: KnownPort) =>
    present.some((port) => port.continues === device.id && sameThing(device.evidence, port.evidence));
  const remembered = known.map((device) => weaken(device, evidence, shared, stayed(device)));
  const byId = new Map(remembered.map((device) => [device.id, device]));
  const taken = new Set<string>();

  const assigned = present.map((port): PortAssignment | null => {
    const device = port.continues === null ? undefined : byId.get(port.continues);
    if (device === undefined || taken.has(device.id) || !sameThing(device.evidence, port.evidence)) return null;
    taken.add(device.id);
    return { known: { ...device, evidence: port.evidence, serialShared: isShared(port.evidence) }, isNew: false };
  });
  for (const level of ['serial', 'port', 'path'] as const) {
    present.forEach((port, index) => {
      if (assigned[index] !== null) return;
      const candidates = remembered.filter(
        (device) => device.level === level && !taken.has(device.id) && matches(device, port.evidence),
      );
      const [device] = candidates;
      if (device === undefined) return;
      taken.add(device.id);
      const doubtful = candidates.length > 1 || isArrivalLottery(device, port.evidence, evidence, remembered);
      assigned[index] = {
        known: {
          ...device,
          evidence: port.evidence,
          serialShared: isShared(port.evidence),
          unsettled: device.unsettled || doubtful,
        },
        isNew: false,
      };
    });
  }
  return {
    assignments: present.map(
      (port, index) => assigned[index] ?? newcomer(mintId(), port.evidence, evidence, shared, remembered),
    ),
    absent: remembered.filter((device) => !taken.has(device.id)),
  };
}

/** The best level that this evidence, taken by itself, can stand for. */
export function firstLevel(evidence: PortEvidence, serialShared: boolean): IdentityLevel {
  if (keyAt('serial', evidence) !== null && !serialShared) return 'serial';
  return evidence.topology === null ? 'path' : 'port';
}

/** How sure the matching is, without what the device itself has said. */
export function baseConfidence(device: Pick<KnownPort, 'level' | 'unsettled'>): Confidence {
  return device.unsettled ? 'ambiguous' : device.level;
}

/** `pci-0000:00:14.0-usb-0:1.2` for `pci-0000:00:14.0-usb-0:1.2:1.0`: the unit's place, without the interface. */
export function unitPlace(topology: string): string {
  return topology.replace(/(:\d+\.\d+)(-port\d+)?$/, '');
}

function newcomer(
  id: string,
  port: PortEvidence,
  present: readonly PortEvidence[],
  shared: ReadonlySet<string>,
  remembered: readonly KnownPort[],
): PortAssignment {
  const isShared = shared.has(unitKey(port) ?? '');
  const alone = (level: IdentityLevel) =>
    present.filter((other) => keyAt(level, other) === keyAt(level, port)).length === 1;
  const level =
    keyAt('serial', port) !== null && !isShared && alone('serial')
      ? 'serial'
      : port.topology !== null && alone('port')
        ? 'port'
        : 'path';
  const device: KnownPort = { id, evidence: port, level, serialShared: isShared, unsettled: false };
  return { known: { ...device, unsettled: isArrivalLottery(device, port, present, remembered) }, isNew: true };
}

/** Steps down to what still tells this device apart among what is there. */
function weaken(
  device: KnownPort,
  present: readonly PortEvidence[],
  shared: ReadonlySet<string>,
  stayed: boolean,
): KnownPort {
  const serialShared = shared.has(unitKey(device.evidence) ?? '');
  let level = device.level;
  const claims = () => present.filter((port) => keyAt(level, port) === keyAt(level, device.evidence)).length;
  if (level === 'serial' && (serialShared || claims() > 1)) level = device.evidence.topology === null ? 'path' : 'port';
  if (level === 'port' && claims() > 1) level = 'path';
  // A device that stayed where it is has not been mixed up; one that was away may now be either of them.
  const mixedUp = level !== device.level && !stayed;
  return { ...device, level, serialShared, unsettled: device.unsettled || mixedUp };
}

/** Serial numbers that two units wear: marked before, or worn by two present ports that are not functions of one unit. */
function sharedSerials(known: readonly KnownPort[], present: readonly PortEvidence[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const device of known) {
    const key = unitKey(device.evidence);
    if (device.serialShared && key !== null) shared.add(key);
  }
  const worn = new Map<string, PortEvidence>();
  for (const port of present) {
    const key = unitKey(port);
    if (key === null) continue;
    const other = worn.get(key);
    if (other !== undefined && !sameUnit(other, port)) shared.add(key);
    worn.set(key, port);
  }
  return shared;
}

function sameUnit(left: PortEvidence, right: PortEvidence): boolean {
  if (left.topology !== null && right.topology !== null) return unitPlace(left.topology) === unitPlace(right.topology);
  return left.interface !== right.interface;
}

/** The serial number with the kind of thing it belongs to; null when it is missing or a dummy. */
function unitKey(port: PortEvidence): string | null {
  if (port.serial === null || isDummySerial(port.serial)) return null;
  return JSON.stringify([port.vendorId, port.productId, port.serial]);
}

/** What two sightings must share to be the same device at this level; null when the port has nothing to show. */
function keyAt(level: IdentityLevel, port: PortEvidence): string | null {
  const kind = [port.vendorId, port.productId, port.serial, port.interface];
  if (level === 'serial') return unitKey(port) === null ? null : JSON.stringify(kind);
  if (level === 'port') return port.topology === null ? null : JSON.stringify([port.topology, ...kind]);
  return JSON.stringify([port.path, ...(port.declared ? [] : kind)]);
}

function matches(device: KnownPort, port: PortEvidence): boolean {
  const key = keyAt(device.level, device.evidence);
  if (key === null || key !== keyAt(device.level, port)) return false;
  const { topology } = device.evidence;
  return device.level !== 'path' || topology === null || port.topology === null || topology === port.topology;
}

function sameThing(left: PortEvidence, right: PortEvidence): boolean {
  return (
    keyAt('path', { ...left, path: '', declared: false }) === keyAt('path', { ...right, path: '', declared: false })
  );
}

/** Names that are given in the order of arrival say nothing where several of a kind come and go. */
function isArrivalLottery(
  device: KnownPort,
  port: PortEvidence,
  present: readonly PortEvidence[],
  remembered: readonly KnownPort[],
): boolean {
  if (device.level !== 'path' || port.topology !== null || port.declared) return false;
  if (!/\/tty(?:USB|ACM)\d+$/.test(port.path)) return false;
  const lookAlike = (other: PortEvidence) => other.path !== port.path && sameThing(other, port);
  return present.some(lookAlike) || remembered.some((other) => other.id !== device.id && lookAlike(other.evidence));
}
