/** Commands of the Telnet protocol (RFC 854, "TELNET command structure"). */
const IAC = 255;
const SB = 250;
const SE = 240;
const verbCodes = { will: 251, wont: 252, do: 253, dont: 254 } as const;

/** What one side says of an option: that it will or won't use it, or that the other is to or not to (RFC 855). */
export type TelnetVerb = keyof typeof verbCodes;

/** One thing said in a Telnet connection. */
export type TelnetEvent =
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'negotiation'; readonly verb: TelnetVerb; readonly option: number }
  | { readonly type: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array }
  /** Any other command: NOP, data mark, are you there... */
  | { readonly type: 'command'; readonly code: number };

/** No subnegotiation that we know of is longer; one that never ends is dropped. */
export const LONGEST_PAYLOAD = 1_024;

const verbs: ReadonlyMap<number, TelnetVerb> = new Map(
  Object.entries(verbCodes).map(([verb, code]) => [code, verb as TelnetVerb]),
);

/** Data as it is sent where binary transmission was agreed on: every byte is itself, and IAC is sent twice (RFC 856). */
export function escapeData(bytes: Uint8Array): Uint8Array {
  const doubled = bytes.reduce((count, byte) => (byte === IAC ? count + 1 : count), 0);
  if (doubled === 0) return bytes;
  const escaped = new Uint8Array(bytes.length + doubled);
  let at = 0;
  for (const byte of bytes) {
    escaped[at++] = byte;
    if (byte === IAC) escaped[at++] = IAC;
  }
  return escaped;
}

/** One event as it is sent. */
export function encodeTelnet(event: TelnetEvent): Uint8Array {
  switch (event.type) {
    case 'data':
      return escapeData(event.bytes);
    case 'negotiation':
      return Uint8Array.of(IAC, verbCodes[event.verb], event.option);
    case 'subnegotiation':
      return Uint8Array.of(IAC, SB, event.option, ...escapeData(event.payload), IAC, SE);
    case 'command':
      return Uint8Array.of(IAC, event.code);
  }
}

/** Reads a Telnet connection; what it makes of the bytes does not depend on how they were split. */
export interface TelnetDecoder {
  /** What these bytes complete, in order; neighbouring data in one piece. Never throws. */
  push(chunk: Uint8Array): readonly TelnetEvent[];
}

/** Makes a decoder for the beginning of a connection in which data is binary. */
export function createTelnetDecoder(): TelnetDecoder {
  let state: 'data' | 'iac' | 'verb' | 'option' | 'payload' | 'payload_iac' = 'data';
  let verb: TelnetVerb = 'will';
  let option = 0;
  let payload: number[] = [];

  return {
    push(chunk) {
      const events: TelnetEvent[] = [];
      let data: number[] = [];
      const say = (event: TelnetEvent) => {
        if (data.length > 0) events.push({ type: 'data', bytes: Uint8Array.from(data) });
        data = [];
        events.push(event);
        state = 'data';
      };
      const command = (code: number) => {
        const named = verbs.get(code);
        if (named !== undefined) {
          verb = named;
          state = 'verb';
        } else if (code === SB) state = 'option';
        else say({ type: 'command', code });
      };
      const endPayload = () => {
        if (payload.length <= LONGEST_PAYLOAD) {
          say({ type: 'subnegotiation', option, payload: Uint8Array.from(payload) });
        } else state = 'data';
      };
      const take = (byte: number) => {
        if (payload.length <= LONGEST_PAYLOAD) payload.push(byte);
        state = 'payload';
      };
      for (const byte of chunk) {
        switch (state) {
          case 'data':
            if (byte === IAC) state = 'iac';
            else data.push(byte);
            break;
          case 'iac':
            if (byte === IAC) {
              data.push(byte);
              state = 'data';
            } else command(byte);
            break;
          case 'verb':
            say({ type: 'negotiation', verb, option: byte });
            break;
          case 'option':
            option = byte;
            payload = [];
            state = 'payload';
            break;
          case 'payload':
            if (byte === IAC) state = 'payload_iac';
            else take(byte);
            break;
          case 'payload_iac':
            if (byte === IAC) take(byte);
            else {
              endPayload();
              // Another command ends it as well: what is lost is one end mark, not all that follows.
              if (byte !== SE) command(byte);
            }
            break;
        }
      }
      if (data.length > 0) events.push({ type: 'data', bytes: Uint8Array.from(data) });
      return events;
    },
  };
}
