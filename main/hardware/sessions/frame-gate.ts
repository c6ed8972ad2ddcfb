import {
  AgentError,
  type Driver,
  LONGEST_BREAK_MS,
  type PlannedFrame,
  toHex,
  type WireRequest,
} from '../../../drivers/kit/index.ts';

/** What stands between a driver and the wire, for one call. */
export interface FrameGate {
  /** To be called right before the frame is written. Throws `frame_not_permitted`, and then it must not be. */
  admit(request: WireRequest<unknown>): void;
  /** Whether a frame that is not harmless was admitted: from then on it may have left. */
  harmfulSent(): boolean;
}

/** What a gate lets through beside harmless frames. */
export interface Leave {
  /** Each once. Given only after the permit for them was redeemed. */
  readonly frames: readonly PlannedFrame[];
  /** Called before the first of them is written. */
  readonly onFirst?: () => void;
}

/** Lets harmless frames pass, and those there is leave for. */
export function createFrameGate(
  driver: Pick<Driver, 'isHarmless'> & Partial<Pick<Driver, 'links'>>,
  deviceName: string,
  leave: Leave | null,
): FrameGate {
  const permitted = leave === null ? [] : leave.frames.map((frame) => frame.bytes);
  let harmfulSent = false;
  return {
    admit({ bytes, label, breakMs }) {
      const isAllowed = driver.links?.serial?.harmlessBreak === true && (breakMs ?? 0) <= LONGEST_BREAK_MS;
      if (breakMs !== undefined && !isAllowed) {
        throw new AgentError(
          'frame_not_permitted',
          `The driver wanted to send ${deviceName} a break of ${breakMs} ms: ${label}.`,
          {
            hint: 'It does not call a break harmless, or this one is too long, so nothing was sent. This is a fault of the driver; please report it.',
            details: { device: deviceName, request: label },
          },
        );
      }
      // Nothing at all harms nobody.
      if (bytes.length === 0 || driver.isHarmless(bytes)) return;
      const index = permitted.findIndex((frame) => sameBytes(frame, bytes));
      if (index < 0) {
        throw new AgentError(
          'frame_not_permitted',
          `The driver wanted to send ${deviceName} something that may change it, without leave: ${label} (${toHex(bytes, 16)}).`,
          {
            hint: 'Nothing of it was sent. This is a fault of the driver; please report it.',
            details: { device: deviceName, request: label },
          },
        );
      }
      permitted.splice(index, 1);
      if (!harmfulSent) leave?.onFirst?.();
      harmfulSent = true;
    },
    harmfulSent: () => harmfulSent,
  };
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
