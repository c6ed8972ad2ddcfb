import type { AddCommands } from '../cli.ts';

/** `pause` and `resume`: every side effect of this machine. */
export const addPause: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'pause',
    summary: 'stop all side effects on this machine; outlives a restart',
    examples: ['fibric-edge pause'],
    async run({ client, json, print, printJson }) {
      const state = await client.setPause(true);
      if (json) printJson(state);
      else print('All side effects are paused. Reads go on. `fibric-edge resume` ends it.');
    },
  });
  host.add(program, {
    syntax: 'resume',
    summary: 'let side effects go on after a pause',
    examples: ['fibric-edge resume'],
    async run({ client, json, print, printJson }) {
      const state = await client.setPause(false);
      if (json) printJson(state);
      else print('Side effects go on, as far as the policies allow them.');
    },
  });
};
