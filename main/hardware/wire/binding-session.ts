import {
  AgentError,
  type Driver,
  type DriverContext,
  type ErrorCode,
  type Identification,
  type Tool,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { Binding, BindingState } from '../device-side.ts';
import { createLink, type GatedLink, type LinkOptions } from './link.ts';
import type { OpenPort, Ports } from './port.ts';
import type { Release } from './port-queue.ts';
import { UnitBackoff } from './unit-backoff.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_500;
const PROBE_DEADLINE_MS = 15_000;
/** Errors that say something of the call and nothing of the device. */
const callersOwn: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'deadline_exceeded',
  'closed',
  'device_busy',
  'invalid_arguments',
  'frame_not_permitted',
]);

/** What a binding's session needs of the house around it. */
export interface SessionSurroundings {
  readonly ports: Ports;
  readonly device: () => Device | undefined;
  readonly onState: (state: BindingState, causeId: string | null) => void;
  readonly onTransaction: (error: AgentError | null) => void;
  readonly onIdentified: (identification: Identification) => void;
}

/**
 * One connector's conversation with its device: opens the port when the device is there, makes sure that it is the right
 * device before anything else is asked, and comes back by itself after a replug.
 */
export class BindingSession {
  readonly binding: Binding;
  readonly driver: Driver;
  readonly context: DriverContext;
  readonly tools: ReadonlyMap<string, Tool>;
  state: BindingState = { state: 'opening' };
  readonly #around: SessionSurroundings;
  readonly #backoff: UnitBackoff;
  readonly #ended = new AbortController();
  readonly #user = { lost: (error: AgentError, causeId: string) => this.#lost(error, causeId) };
  #port: OpenPort | null = null;
  #path: string | null = null;
  #opening: Promise<void> | null = null;
  #verified = false;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;

  constructor(binding: Binding, driver: Driver, context: DriverContext, around: SessionSurroundings) {
    this.binding = binding;
    this.driver = driver;
    this.context = context;
    this.tools = new Map(driver.tools(context).map((tool) => [tool.capability, tool]));
    this.#around = around;
    this.#backoff = new UnitBackoff(binding.connectorName);
  }

  /** The tool of this name, or `unknown_tool` naming those there are. */
  tool(name: string): Tool {
    const tool = this.tools.get(name);
    if (tool !== undefined) return tool;
    throw new AgentError('unknown_tool', `${this.binding.connectorName} has no tool ${name}.`, {
      hint: `It has: ${[...this.tools.keys()].join(', ')}.`,
    });
  }

  /** The device came, went or moved: opens or leaves its port accordingly. */
  deviceChanged(): void {
    if (this.#ended.signal.aborted) return;
    const device = this.#around.device();
    if (device === undefined || !device.present) {
      if (this.#port === null && this.#opening === null) this.#unavailable(this.#absentError(device), null);
      return;
    }
    if (this.#port !== null && this.#path === device.path) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#open();
  }

  /**
   * Waits for the device's turn and for the device to be known as the right one. Rejects with why it can't be used.
   * `insist` asks even a unit that has been silent.
   */
  async takeTurn(signal: AbortSignal, insist: boolean): Promise<Release> {
    if (this.#port === null && this.#opening !== null) await Promise.race([this.#opening, ended(signal)]);
    const port = this.#port;
    if (port === null) throw this.#whyNot();
    if (this.driver.bus !== null && !insist) this.#backoff.throwIfWaiting();
    const release = await port.queue.acquire(this.binding.deviceId, this.binding.connectorName, signal);
    try {
      if (!this.#verified) await this.#verify(signal);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** A link for one call, inside a turn. */
  link(signal: AbortSignal, extra: Pick<LinkOptions, 'permitted' | 'record'> = {}): GatedLink {
    if (this.#port === null) throw this.#whyNot();
    return createLink({
      wire: this.#port.wire,
      driver: this.driver,
      deviceName: this.binding.connectorName,
      resynchronisation: this.driver.resynchronise(this.context),
      signal,
      ...extra,
    });
  }

  /** A transaction with the device ended so. Only what the device did or failed to do counts, not the caller's leaving. */
  transacted(cause: unknown): void {
    if (cause === null) {
      this.#backoff.answered();
      if (this.state.state !== 'ready' && this.#verified) this.#become({ state: 'ready', identification: null }, null);
      this.#around.onTransaction(null);
      return;
    }
    const error = AgentError.from(cause);
    if (callersOwn.has(error.code) || error.details['asked'] === false) return;
    if (error.code === 'no_reply') {
      this.#backoff.silent();
      // Something else may be plugged in by the time it answers again.
      if (this.driver.bus === null) this.#verified = false;
    }
    this.#around.onTransaction(error);
  }

  async close(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(new AgentError('closed', `${this.binding.connectorName} was closed.`));
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#opening?.catch(() => {});
    await this.#leavePort();
  }

  async #leavePort(): Promise<void> {
    const path = this.#path;
    this.#port = null;
    this.#path = null;
    this.#verified = false;
    if (path !== null) await this.#around.ports.release(path, this.#user);
  }

  #open(): void {
    if (this.#opening !== null) return;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#opening = this.#openOnce().finally(() => {
      this.#opening = null;
    });
  }

  async #openOnce(): Promise<void> {
    const device = this.#around.device();
    if (device === undefined || !device.present) return this.#unavailable(this.#absentError(device), null);
    await this.#leavePort();
    const quietMs = this.driver.link.quietBeforeSendMs?.(this.context.settings) ?? 0;
    try {
      const port = await this.#around.ports.acquire(
        device.path,
        this.context.settings,
        quietMs,
        this.binding.connectorName,
        this.#user,
      );
      if (this.#ended.signal.aborted) {
        await this.#around.ports.release(device.path, this.#user);
        return;
      }
      this.#port = port;
      this.#path = device.path;
      this.#retryMs = FIRST_RETRY_MS;
      void this.#probe();
    } catch (cause) {
      this.#unavailable(AgentError.from(cause), null);
      this.#retryLater();
    }
  }

  /** Makes sure in the background that the device answers and is the right one; asks again until it does. */
  async #probe(): Promise<void> {
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(PROBE_DEADLINE_MS)]);
    try {
      const release = await this.takeTurn(signal, true);
      release();
    } catch {
      if (this.#port !== null && this.state.state !== 'ready') this.#probeLater();
    }
  }

  /** In a turn: asks the device who it is, where it can tell; else whether it is there. */
  async #verify(signal: AbortSignal): Promise<void> {
    const link = this.link(signal);
    let identification: Identification | null = null;
    try {
      if (this.driver.bus === null) identification = await this.driver.identify(link, this.context);
      else await this.driver.healthCheck(link, this.context);
      this.#throwIfAnother(identification);
    } catch (cause) {
      const error = AgentError.from(cause);
      if (!callersOwn.has(error.code)) {
        if (error.code === 'no_reply') this.#backoff.silent();
        if (error.code !== 'device_unplugged') this.#unavailable(error, null);
        this.#around.onTransaction(error);
      }
      throw error;
    }
    this.#verified = true;
    this.#backoff.answered();
    if (identification !== null) this.#around.onIdentified(identification);
    this.#become({ state: 'ready', identification }, null);
    this.#around.onTransaction(null);
  }

  #throwIfAnother(identification: Identification | null): void {
    const expected = this.binding.protocolSerial;
    const seen = identification?.protocolSerial ?? null;
    if (expected === null || seen === null || expected === seen) return;
    throw new AgentError(
      'wrong_device',
      `${this.binding.connectorName}: another unit is here. Expected serial number ${expected}, it says ${seen}.`,
      {
        hint: 'Put the right unit back, or uninstall this connector and install the new unit by itself.',
        details: { expected, seen },
      },
    );
  }

  #lost(error: AgentError, causeId: string): void {
    this.#port = null;
    this.#path = null;
    this.#verified = false;
    if (this.#ended.signal.aborted) return;
    this.#unavailable(error, causeId);
    this.#retryLater();
  }

  /** An absent device is not tried: its coming back is an event. The first tries are quick, since a cable often only slipped. */
  #retryLater(): void {
    if (this.#ended.signal.aborted || this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (this.#port === null && this.#around.device()?.present === true) this.#open();
    }, this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  #probeLater(): void {
    if (this.#ended.signal.aborted || this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      if (this.#port !== null) void this.#probe();
      else this.#open();
    }, this.#backoff.nextWaitMs());
  }

  #unavailable(error: AgentError, causeId: string | null): void {
    this.#become({ state: 'unavailable', error: error.serialize() }, causeId);
  }

  #become(state: BindingState, causeId: string | null): void {
    const before = this.state;
    this.state = state;
    if (
      before.state === state.state &&
      state.state === 'unavailable' &&
      before.state === 'unavailable' &&
      before.error.code === state.error.code
    )
      return;
    this.#around.onState(state, causeId);
  }

  #whyNot(): AgentError {
    return this.state.state === 'unavailable'
      ? AgentError.deserialize(this.state.error)
      : this.#absentError(this.#around.device());
  }

  #absentError(device: Device | undefined): AgentError {
    const where = device === undefined ? 'its device' : device.path;
    return new AgentError('device_unplugged', `${this.binding.connectorName} is unplugged: nothing at ${where}.`, {
      hint: 'Plug it back in; it works again by itself.',
    });
  }
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
