import { AgentError, type SerialSettings } from '../../../../drivers/kit/index.ts';
import { differingSetting, type FoundSettings, refusedSetting, type SettingName } from '../line-settings.ts';
import { COM_PORT_OPTION, type ComPortReply, encodeMask, encodePurge, encodeSetting } from './com-port.ts';
import { createNegotiation, type Request } from './negotiation.ts';
import type { TelnetEvent, TelnetVerb } from './telnet.ts';

/** RFC 856: every byte is itself. */
const BINARY = 0;
/** RFC 858. */
const SUPPRESS_GO_AHEAD = 3;

const settingNames: readonly SettingName[] = ['baud_rate', 'data_bits', 'parity', 'stop_bits', 'flow_control'];
/** What a server says before it hangs up: `Port already in use`. More is of no use. */
const LONGEST_TEXT = 200;

/** Agrees with a server on RFC 2217 and sets its port; says what there is to say by `say`. */
export interface LineSetup {
  /** Resolves when the port is set. Rejects with `not_supported`, `unsupported_setting`, or what it was failed with. */
  readonly done: Promise<void>;
  /** Says what is asked for; idempotent. It is said sooner when the server speaks of options first. */
  start(): void;
  onReply(reply: ComPortReply): void;
  /** Also after the set-up: what was agreed on may be taken back, which is returned as an error. */
  onNegotiation(verb: TelnetVerb, option: number): AgentError | null;
  /** Data before the port is set: a banner, or why it is not to be had. */
  onText(bytes: Uint8Array): void;
  fail(reason: unknown): void;
  /** The error for a server that did not come to an end. */
  timedOut(timeoutMs: number): AgentError;
}

/** The set-up of one connection. */
export function createLineSetup(path: string, settings: SerialSettings, say: (event: TelnetEvent) => void): LineSetup {
  const negotiation = createNegotiation({
    us: [COM_PORT_OPTION, BINARY, SUPPRESS_GO_AHEAD],
    them: [BINARY, SUPPRESS_GO_AHEAD],
  });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const found: { [name in SettingName]?: string } = {};
  let phase: 'agreeing' | 'setting' | 'over' = 'agreeing';
  let text = '';
  let started = false;

  const fail = (reason: unknown) => {
    if (phase === 'over') return;
    phase = 'over';
    reject(AgentError.is(reason, 'device_unplugged') && text.trim() !== '' ? withWords(path, reason, text) : reason);
  };
  const sayRequest = (request: Request) => say({ type: 'negotiation', ...request });
  const sayPort = (payload: Uint8Array) => say({ type: 'subnegotiation', option: COM_PORT_OPTION, payload });

  const agreed = () => {
    if (phase !== 'agreeing') return;
    const needed = [
      negotiation.state('us', COM_PORT_OPTION),
      negotiation.state('us', BINARY),
      negotiation.state('them', BINARY),
    ];
    const refused = refusal();
    if (refused !== null) fail(refused);
    if (needed.some((state) => state !== 'on')) return;
    phase = 'setting';
    for (const name of settingNames) sayPort(encodeSetting(name, settings));
    // Nobody looks at line and modem states; what came before the port was set is no answer to anything.
    sayPort(encodeMask('line', 0));
    sayPort(encodeMask('modem', 0));
    sayPort(encodePurge('both'));
  };
  const refusal = (): AgentError | null => {
    if (negotiation.state('us', COM_PORT_OPTION) === 'refused') {
      return noPortControl(path, 'it refuses to have its line settings controlled');
    }
    const binary = [negotiation.state('us', BINARY), negotiation.state('them', BINARY)];
    return binary.includes('refused') ? noPortControl(path, 'it does not carry all bytes unchanged') : null;
  };

  const start = () => {
    if (started || phase === 'over') return;
    started = true;
    for (const request of negotiation.start()) sayRequest(request);
  };

  return {
    done,
    start,
    onReply(reply) {
      if (phase !== 'setting' || reply.type !== 'setting') return;
      found[reply.name] ??= reply.value;
      const differing = differingSetting(settings, found);
      if (differing !== null) fail(refusedSetting(path, `The serial port behind ${path}`, settings, found, differing));
      else if (settingNames.every((name) => found[name] !== undefined)) {
        phase = 'over';
        resolve();
      }
    },
    onNegotiation(verb, option) {
      start();
      const answer = negotiation.receive(verb, option);
      if (answer !== null) sayRequest(answer);
      agreed();
      return phase === 'over' ? refusal() : null;
    },
    onText(bytes) {
      if (text.length < LONGEST_TEXT) text += Buffer.from(bytes).toString('latin1');
    },
    fail,
    timedOut: (timeoutMs) => timedOut(path, timeoutMs, phase === 'agreeing' ? null : found),
  };
}

function noPortControl(path: string, why: string): AgentError {
  return new AgentError('not_supported', `The server of ${path} can't be used by RFC 2217: ${why}.`, {
    hint: 'Switch RFC 2217 (Telnet COM port control) on for this port of the server; or set the line there and give the address as tcp://host:port.',
    details: { device: path, expected: 'Telnet with COM-PORT-OPTION and binary transmission', seen: why },
  });
}

/** `found`: what it has answered so far; null: it has not even agreed. */
function timedOut(path: string, timeoutMs: number, found: FoundSettings | null): AgentError {
  const silent = settingNames.find((name) => found?.[name] === undefined) ?? 'baud_rate';
  const seen = found === null ? 'no agreement on RFC 2217' : `no answer to ${silent}`;
  return new AgentError(
    'no_reply',
    `The server of ${path} took the connection, then: ${seen} within ${timeoutMs} ms.`,
    {
      hint: 'Check that this port of the server is set to RFC 2217 (Telnet COM port control), and not to raw TCP.',
      details: { device: path, expected: 'RFC 2217', seen, ...(found === null ? {} : { setting: silent }) },
    },
  );
}

function withWords(path: string, reason: AgentError, text: string): AgentError {
  const seen = text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, LONGEST_TEXT);
  return new AgentError('device_unplugged', `The server of ${path} gave no port: "${seen}".`, {
    hint: 'Another computer may hold the port, or its cable may be out of the server; it is tried again by itself.',
    details: { ...reason.details, device: path, seen },
    cause: reason,
  });
}
