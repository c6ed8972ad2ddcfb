import {
  AgentError,
  type Driver,
  describeSerialSettings,
  isNetworkPath,
  type LinkType,
  type SerialSettings,
} from '../../../drivers/kit/index.ts';
import type { WireTap } from '../wire/wire-taps.ts';
import { createPortSession, type PortSession, type PortSessionParts } from './port-session.ts';

/** Someone's share in a port session. */
export interface PortUse {
  readonly session: PortSession;
  /** Gives it back; the last one closes the port. Idempotent; resolves when that is done. */
  release(): Promise<void>;
}

export interface PortRequest {
  /** The port's device. */
  readonly portId: string;
  readonly path: string;
  readonly link: LinkType;
  readonly driver: Driver;
  /** Null but on a serial line. */
  readonly settings: SerialSettings | null;
  /** Who wants it, for messages to others. */
  readonly userName: string;
  /** Hears what comes over the port that nobody asked for. */
  readonly tap: WireTap;
}

/** Every port that is in use; each has one session, which all units behind it share. */
export interface Ports {
  /** Joins the port's session or begins one. Throws `state_conflict` when others use it as another kind of device, `unsupported_setting` when they use it at another speed or format. */
  use(request: PortRequest): PortUse;
  /** Keeps a port that nobody uses for questions at any settings. Throws `state_conflict` naming who uses it, `port_limit`. */
  reserve(request: Pick<PortRequest, 'portId' | 'path' | 'userName'>): PortReservation;
  /** Detection says that something about this device changed. */
  deviceChanged(portId: string): void;
  close(): Promise<void>;
}

/** A port that is kept from everyone else. */
export interface PortReservation {
  /** Aborts when the agent closes its ports. */
  readonly signal: AbortSignal;
  /** Its holder has closed the port. Idempotent. */
  release(): void;
}

interface OpenPort {
  readonly request: PortRequest;
  readonly session: PortSession;
  readonly users: Set<PortRequest>;
}

/** At most `maxPorts` are open at a time. */
export function createPorts(
  parts: Omit<PortSessionParts, 'takePlace' | 'noPlace'> & {
    readonly maxPorts: number;
    readonly describe: (lane: string) => string;
  },
): Ports {
  const { maxPorts, describe, ...rest } = parts;
  const ports = new Map<string, OpenPort>();
  let placesTaken = 0;

  const sessionParts: PortSessionParts = {
    ...rest,
    takePlace() {
      if (placesTaken >= maxPorts) return null;
      placesTaken += 1;
      let given = false;
      return () => {
        if (!given) placesTaken -= 1;
        given = true;
      };
    },
    noPlace: (path) =>
      new AgentError('port_limit', `The port ${path} is not opened: ${maxPorts} ports are open already.`, {
        hint: 'Raise max_ports in the configuration and restart the agent.',
        details: { device: path, max_ports: maxPorts },
      }),
  };

  const reserved = new Map<
    string,
    { readonly userName: string; readonly closing: AbortController; readonly freed: Promise<void> }
  >();

  const begin = (request: PortRequest): OpenPort => {
    const { portId, path, link, driver, settings } = request;
    const isNetwork = isNetworkPath(path);
    const users = new Set<PortRequest>();
    const onIdleChunk = (chunk: Uint8Array) => {
      for (const { tap } of users) tap.heard(chunk, null);
    };
    const about = { portId, link, driver, settings, isNetwork, describe, onIdleChunk };
    const session = createPortSession(sessionParts, about);
    const port = { request, session, users };
    ports.set(portId, port);
    return port;
  };

  return {
    use(request) {
      const keeper = reserved.get(request.portId);
      if (keeper !== undefined) throw inUse(request.path, keeper.userName, 'Wait until that is done.');
      const current = ports.get(request.portId);
      if (current !== undefined) requireSame(current, request);
      const port = current ?? begin(request);
      port.users.add(request);
      return {
        session: port.session,
        async release() {
          port.users.delete(request);
          if (port.users.size > 0) return;
          if (ports.get(request.portId) === port) ports.delete(request.portId);
          await port.session.close();
        },
      };
    },
    reserve({ portId, path, userName }) {
      const users = [...(ports.get(portId)?.users ?? [])].map((user) => user.userName);
      const keeper = reserved.get(portId)?.userName;
      if (users.length > 0)
        throw inUse(path, users.join(', '), 'Remove that connector first, or ask it as what it is.');
      if (keeper !== undefined) throw inUse(path, keeper, 'Wait until that is done.');
      const givePlaceBack = sessionParts.takePlace();
      if (givePlaceBack === null) throw sessionParts.noPlace(path);
      const closing = new AbortController();
      const { promise: freed, resolve } = Promise.withResolvers<void>();
      reserved.set(portId, { userName, closing, freed });
      return {
        signal: closing.signal,
        release() {
          givePlaceBack();
          if (reserved.get(portId)?.closing === closing) reserved.delete(portId);
          resolve();
        },
      };
    },
    deviceChanged: (portId) => ports.get(portId)?.session.deviceChanged(),
    async close() {
      const sessions = [...ports.values()].map((port) => port.session.close());
      ports.clear();
      const kept = [...reserved.values()];
      for (const { closing } of kept) closing.abort(new AgentError('closed', 'The agent is stopping.'));
      await Promise.all([...sessions, ...kept.map(({ freed }) => freed)]);
    },
  };
}

function inUse(path: string, userName: string, hint: string): AgentError {
  return new AgentError('state_conflict', `The port ${path} is in use by ${userName}.`, {
    hint,
    details: { device: path, used_by: userName },
  });
}

function requireSame({ request: current, users }: OpenPort, request: PortRequest): void {
  const others = [...users].map((user) => user.userName).join(', ');
  if (current.driver.id !== request.driver.id) {
    throw new AgentError('state_conflict', `The port ${request.path} is used as ${current.driver.id} by ${others}.`, {
      hint: 'One port serves devices of one listing. Remove that connector first.',
      details: { device: request.path, used_by: others },
    });
  }
  const [have, want] = [current.settings, request.settings].map((settings) =>
    settings === null
      ? 'no line settings'
      : `${describeSerialSettings(settings)}, flow control ${settings.flow_control}`,
  );
  if (have === want) return;
  throw new AgentError(
    'unsupported_setting',
    `The port ${request.path} is open at ${have} for ${others}, and ${request.userName} wants ${want}.`,
    {
      hint: 'All devices behind one port have the same speed and format: set them alike.',
      details: { device: request.path, expected: have ?? null, seen: want ?? null },
    },
  );
}
