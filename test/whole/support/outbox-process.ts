/**
 * The outbox of an agent in a process that a test can kill: `fill` lives through simulated hours without a cloud, `drain`
 * sends what is left. Each goes on where the one before was killed. Prints a line for each step.
 */

import { inspect } from 'node:util';
import { createBatchCarrier, openOutbox, startSender } from '../../../main/cloud/outbox/index.ts';
import { createDirectSend } from '../../../main/cloud/way-out/testing/direct-send.ts';
import { type Clock, systemClock } from '../../../main/connectors/index.ts';
import { createManualClock } from '../../../main/connectors/testing/manual-clock.ts';
import { openStore, readEpoch } from '../../../main/store/index.ts';
import { deviceNames, eventOf, offline } from './offline-day.ts';

const [mode = '', dataDir = '', origin = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const log = {
  info() {},
  warn: (_: object, text: string) => say(`warn ${text}`),
  error: (about: object, text: string) => say(`error ${text} ${inspect(about).replaceAll('\n', ' ')}`),
};

async function open(clock: Clock) {
  const store = await openStore({ dataDir });
  const bounds = { ...offline.bounds };
  return {
    store,
    outbox: await openOutbox({ database: store.state, epoch: readEpoch(store.journal).id, bounds, clock, log }),
  };
}

async function fill(): Promise<void> {
  const clock = createManualClock(offline.startMs);
  const { store, outbox } = await open(clock);
  const counts = deviceNames.map((device) => Number(outbox.origin(device, offline.stream) ?? 0));
  const reached = Math.min(...counts);
  clock.advance((reached / offline.perDeviceAndSecond) * 1_000);
  for (let minute = Math.floor(reached / offline.perDeviceAndMinute); minute < offline.minutes; minute += 1) {
    for (let second = 0; second < 60; second += 1) {
      for (const [index, device] of deviceNames.entries()) {
        for (let step = 1; step <= offline.perDeviceAndSecond; step += 1) {
          const number = minute * offline.perDeviceAndMinute + second * offline.perDeviceAndSecond + step;
          // On disk before the process was killed.
          if (number > (counts[index] ?? 0)) outbox.append(eventOf(device, number, clock.now()));
        }
      }
      clock.advance(1_000);
    }
    await outbox.flush();
    const { bytes } = outbox.status().classes.streams;
    if (bytes > offline.bounds.streams.maxBytes) say(`error ${bytes} bytes are beyond the bound`);
    say(`minute ${minute + 1} rss ${process.memoryUsage.rss()}`);
  }
  await outbox.close();
  await store.close();
  say('done');
}

async function drain(): Promise<void> {
  const endMs = offline.startMs + offline.minutes * 60_000;
  const beganMs = performance.now();
  const clock: Clock = { ...systemClock, now: () => endMs + performance.now() - beganMs };
  const { store, outbox } = await open(clock);
  const sender = startSender({ outbox, clock, log });
  sender.use(createBatchCarrier({ origin, token: 'acme', mode: 'live' }, createDirectSend()));
  const lasting = setInterval(() => {
    const { sent, gapsWaiting } = outbox.status();
    say(`sent ${sent} gaps ${gapsWaiting} ${sender.status().state}`);
    if (outbox.hasMore()) return;
    clearInterval(lasting);
    void sender
      .close()
      .then(() => outbox.close())
      .then(() => store.close())
      .then(() => say('done'));
  }, 50);
}

await (mode === 'fill' ? fill() : drain());
