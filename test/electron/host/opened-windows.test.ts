import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInMissing } from '../support/launch.ts';
import { type CdpConnection, connectCdp } from './cdp.ts';
import { type Chromium, startChromium } from './chromium.ts';
import { closeOpenedWindows } from './opened-windows.ts';

describe.skipIf(standInMissing !== null)(
  `windows that a page of the stand-in opens${standInMissing === null ? '' : ` (skipped: ${standInMissing})`}`,
  () => {
    let chromium: Chromium;
    let driver: CdpConnection;
    beforeAll(async () => {
      const address = Promise.withResolvers<string>();
      chromium = await startChromium((line) => {
        const found = /^DevTools listening on (ws:\/\/.*)$/.exec(line)?.[1];
        if (found !== undefined) address.resolve(found);
      });
      driver = await connectCdp(await address.promise);
    });
    afterAll(async () => {
      driver?.close();
      await chromium?.close();
    });

    it('are closed, and their opener goes on, where the driver has paused them and not come to them yet', async () => {
      const { cdp } = chromium;
      closeOpenedWindows(cdp);
      const gone = Promise.withResolvers<void>();
      const paused = new Set<string>();
      driver.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
        const { targetId, openerId } = targetInfo as { targetId: string; openerId?: string };
        if (openerId === undefined) void driver.session(String(sessionId)).send('Runtime.runIfWaitingForDebugger');
        else paused.add(targetId);
      });
      driver.on('Target.targetDestroyed', ({ targetId }) => {
        if (paused.has(String(targetId))) gone.resolve();
      });
      await driver.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
      await driver.send('Target.setDiscoverTargets', { discover: true });
      await cdp.send('Target.setDiscoverTargets', { discover: true });
      const { targetId } = await cdp.send('Target.createTarget', { url: 'about:blank', newWindow: true });
      const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: true });
      const { result } = await cdp.session(String(sessionId)).send('Runtime.evaluate', {
        expression: `new Promise((resolve) => setTimeout(() => {
          window.open('http://127.0.0.1:9/');
          resolve('goes on');
        }))`,
        awaitPromise: true,
        userGesture: true,
      });
      expect(result).toMatchObject({ value: 'goes on' });
      await gone.promise;
    });
  },
);
