/**
 * Simulated agents, many in this process: the agent's own link code over a backend that shows what the demonstration's agent
 * shows and answers at once. Commands come from its parent, an answer each.
 */
import { readFileSync } from 'node:fs';
import { createBareClients } from './bare-clients.ts';
import { enrolMany } from './enrol-many.ts';
import type { FleetCommand, FleetState, Templates } from './messages.ts';
import { postEvents } from './post-events.ts';
import { agentOf, type SimulatedAgent } from './simulated-agent.ts';

const templates: Templates = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const agents: SimulatedAgent[] = [];
const bare = createBareClients();
const settings = { backOffMs: null as number | null };

async function answer(command: FleetCommand): Promise<unknown> {
  switch (command.type) {
    case 'enrol': {
      const first = agents.length;
      const taken = await enrolMany(command, first);
      for (const [index, one] of taken.entries()) {
        agents.push(agentOf(one, { number: first + index, each: command.each, templates, settings }));
      }
      return null;
    }
    case 'link':
      settings.backOffMs = command.backOffMs;
      for (const agent of agents) agent.link();
      return null;
    case 'unlink':
      await Promise.all(agents.map((agent) => agent.unlink()));
      return null;
    case 'backOff':
      settings.backOffMs = command.backOffMs;
      return null;
    case 'state':
      return {
        agents: agents.length,
        up: agents.filter(({ state }) => state.up).length,
        lastUpAt: Math.max(0, ...agents.map(({ state }) => state.upAt)),
        failures: agents.reduce((sum, { state }) => sum + state.failures, 0),
      } satisfies FleetState;
    case 'connectors':
      return agents.map(({ connectors }) => connectors[0] ?? '');
    case 'tokens':
      return agents.map(({ state }) => state.credential?.token ?? '');
    case 'events':
      return postEvents(agents.slice(0, command.agents), command);
    case 'bare':
      return bare.open(command.url, command.count);
    case 'bareState':
      return bare.state();
    case 'endBare':
      return bare.close();
  }
}

process.on('message', (command: FleetCommand) => {
  answer(command).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ result: 'ready' });
