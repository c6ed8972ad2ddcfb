import { AgentError, type SerialSettings } from '../../../drivers/kit/index.ts';
import { PortQueue } from './port-queue.ts';
import { openSerialTransport } from './serial-transport.ts';
import type { Transport } from './transport.ts';
import { Wire } from './wire.ts';

/** A port that is open: one wire, one queue, shared by every device behind it. */
export interface OpenPort {
  readonly path: string;
  readonly wire: Wire;
  readonly queue: PortQueue;
}

/** Someone who uses a port; told once when it is lost. */
export interface PortUser {
  readonly lost: (error: AgentError, causeId: string) => void;
}

interface Held {
  readonly settings: SerialSettings;
  readonly users: Set<PortUser>;
  readonly opening: Promise<{ readonly port: OpenPort; readonly transport: Transport }>;
}

/** Every port of the agent, each opened once however many devices are behind it. */
export class Ports {
  readonly #held = new Map<string, Held>();
  readonly #maxPorts: number;
  readonly #mintCauseId: () => string;

  constructor(maxPorts: number, mintCauseId: () => string) {
    this.#maxPorts = maxPorts;
    this.#mintCauseId = mintCauseId;
  }

  isOpen(path: string): boolean {
    return this.#held.has(path);
  }

  /**
   * Opens the port, or joins those who have it open. Rejects as {@link openSerialTransport} does, with `port_limit`, and with
   * `unsupported_setting` when others use it with other line settings.
   */
  async acquire(
    path: string,
    settings: SerialSettings,
    quietBeforeSendMs: number,
    name: string,
    user: PortUser,
  ): Promise<OpenPort> {
    let held = this.#held.get(path);
    if (held === undefined) {
      if (this.#held.size >= this.#maxPorts) {
        throw new AgentError('port_limit', `${this.#maxPorts} ports are open already; ${path} is one too many.`, {
          hint: 'Raise max_ports in the configuration and start again.',
        });
      }
      held = { settings, users: new Set(), opening: this.#open(path, settings, quietBeforeSendMs, name) };
      this.#held.set(path, held);
    } else if (JSON.stringify(held.settings) !== JSON.stringify(settings)) {
      throw new AgentError('unsupported_setting', `${path} is in use with other line settings.`, {
        hint: 'All devices on one bus need the same speed, parity and stop bits.',
      });
    }
    held.users.add(user);
    try {
      return (await held.opening).port;
    } catch (error) {
      held.users.delete(user);
      if (this.#held.get(path) === held) this.#held.delete(path);
      throw error;
    }
  }

  /** Leaves a port; the last one closes it. */
  async release(path: string, user: PortUser): Promise<void> {
    const held = this.#held.get(path);
    if (held === undefined || !held.users.delete(user) || held.users.size > 0) return;
    this.#held.delete(path);
    const opened = await held.opening.catch(() => null);
    if (opened === null) return;
    opened.port.queue.close(new AgentError('closed', `${path} was closed.`));
    opened.port.wire.lose(new AgentError('closed', `${path} was closed.`));
    await opened.transport.close();
  }

  async #open(path: string, settings: SerialSettings, quietBeforeSendMs: number, name: string) {
    const transport = await openSerialTransport(path, settings);
    const port: OpenPort = { path, wire: new Wire(transport, name, quietBeforeSendMs), queue: new PortQueue() };
    transport.onLost = (error) => {
      const held = this.#held.get(path);
      this.#held.delete(path);
      port.wire.lose(error);
      port.queue.close(error);
      const causeId = this.#mintCauseId();
      for (const user of held?.users ?? []) user.lost(error, causeId);
    };
    return { port, transport };
  }
}
