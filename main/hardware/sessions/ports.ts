import {
  AgentError,
  type Driver,
  describeSerialSettings,
  type LinkType,
  type SerialSettings,
} from '../../../drivers/kit/index.ts';
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
}

/** Every port that is in use; each has one session, which all units behind it share. */
export interface Ports {
  /** Joins the port's session or begins one. Throws `state_conflict` when others use it as another kind of device, `unsupported_setting` when they use it at another speed or format. */
  use(request: PortRequest): PortUse;
  /** Detection says that something about this device changed. */
  deviceChanged(portId: string): void;
  close(): Promise<void>;
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

  const begin = (request: PortRequest): OpenPort => {
    const { portId, link, driver, settings } = request;
    const session = createPortSession(sessionParts, { portId, link, driver, settings, describe });
    const port = { request, session, users: new Set<PortRequest>() };
    ports.set(portId, port);
    return port;
  };

  return {
    use(request) {
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
    deviceChanged: (portId) => ports.get(portId)?.session.deviceChanged(),
    async close() {
      const sessions = [...ports.values()].map((port) => port.session.close());
      ports.clear();
      await Promise.all(sessions);
    },
  };
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
