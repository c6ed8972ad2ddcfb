import type { Driver, Link } from '../../../drivers/kit/index.ts';

/** How long the line must be silent before an unknown device is asked, in milliseconds: longer than an adapter holds bytes back. */
const QUIET_MS = 60;

/**
 * The driver as it may speak to a device that is not known: its first questions alone until one was answered, and no
 * question to get in step. `wrap` marks the answers.
 */
export function asFirstSpeaker(
  driver: Driver,
  frames: readonly Uint8Array[],
): { readonly driver: Driver; readonly wrap: (link: Link) => Link } {
  let answered = false;
  const isFirst = (bytes: Uint8Array) =>
    frames.some((frame) => frame.length === bytes.length && frame.every((byte, index) => byte === bytes[index]));
  return {
    driver: {
      ...driver,
      isHarmless: (bytes) => driver.isHarmless(bytes) && (answered || isFirst(bytes)),
      resynchronise: () => ({ type: 'quiet', quietMs: QUIET_MS }),
    },
    wrap: (link) => ({
      ...link,
      async exchange(request) {
        const reply = await link.exchange(request);
        answered = true;
        return reply;
      },
    }),
  };
}
