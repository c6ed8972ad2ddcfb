import type { Guest } from './guest.ts';
import { eventually } from './patience.ts';

/** How long the agent took from udev's event to its own, in milliseconds, sorted. */
export interface PlugDelays {
  readonly plug: readonly number[];
  readonly unplug: readonly number[];
}

interface Sighting {
  readonly at: number;
  readonly from: string;
  readonly path: string;
  readonly present: boolean;
}

/** Begins to measure in the guest, by its clock; `end` stops it and tells. */
export async function measureTiming({ control }: Guest): Promise<{ end(): Promise<PlugDelays> }> {
  const log = '/tmp/timing.log';
  await control.must('rm', '-f', log);
  const pid = await control.start(log, ['node', '/bench/timing.mjs', '/var/lib/edge/data/run/agent.sock']);
  const sightings = async () =>
    (await control.read(log).catch(() => ''))
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Sighting => JSON.parse(line));
  await eventually('the stream is open', async () => (await sightings()).some(({ from }) => from === 'ready'));
  return {
    async end() {
      const seen = await sightings();
      await control.kill(pid, 'SIGTERM');
      return { plug: delays(seen, true), unplug: delays(seen, false) };
    },
  };
}

/** For each event of udev, the next one of the stream for the same port; it may even be first, by its own watch. */
function delays(seen: readonly Sighting[], present: boolean): readonly number[] {
  const relevant = seen.filter((each) => each.present === present);
  const udev = relevant.filter(({ from }) => from === 'udev');
  return udev
    .flatMap(({ at, path }, index) => {
      const next = udev[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      const told = relevant.find(
        (each) => each.from === 'stream' && each.path === path && each.at > at - 500 && each.at < next - 500,
      );
      return told === undefined ? [] : [Math.round(told.at - at)];
    })
    .sort((left, right) => left - right);
}
