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

/** The stream's first word of each coming or going, against udev's; it may even be earlier, by its own watch. */
function delays(seen: readonly Sighting[], present: boolean): readonly number[] {
  const paths = new Set(seen.flatMap(({ from, path }) => (from === 'udev' ? [path] : [])));
  return [...paths]
    .flatMap((path) => {
      const own = seen.filter((each) => each.path === path);
      // It was there when this began.
      const [udev, stream] = ['udev', 'stream'].map((from) => turns(own.filter((each) => each.from === from)));
      const told = stream?.filter((each) => each.present === present) ?? [];
      return (udev ?? [])
        .filter((each) => each.present === present)
        .flatMap(({ at }, index) => {
          const later = told[index];
          return later === undefined ? [] : [Math.round(later.at - at)];
        });
    })
    .sort((left, right) => left - right);
}

/** Without what says again what was so already. */
function turns(seen: readonly Sighting[]): readonly Sighting[] {
  return seen.filter(({ present }, index) => present !== (seen[index - 1]?.present ?? true));
}
