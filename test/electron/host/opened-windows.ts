import type { CdpConnection } from './cdp.ts';

/**
 * Windows that pages open are not in this host: each is closed. The driver has every new window begin paused, in the middle
 * of its opener's `window.open`, and a window that goes while it is paused leaves its opener there for good. So it is let go
 * on first, whether or not the driver has come to it.
 */
export function closeOpenedWindows(cdp: CdpConnection): void {
  const close = async (targetId: string): Promise<void> => {
    const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: true });
    await cdp.session(String(sessionId)).send('Runtime.runIfWaitingForDebugger');
    await cdp.send('Target.closeTarget', { targetId });
  };
  cdp.on('Target.targetCreated', ({ targetInfo }) => {
    const { openerId, targetId } = targetInfo as { openerId?: string; targetId: string };
    // One that went by itself needs no closing.
    if (openerId !== undefined) close(targetId).catch(() => {});
  });
}
