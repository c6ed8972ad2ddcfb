import { AgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorHealth, StreamEvent } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';
import { streamLine } from '../stream-words.ts';
import { plain } from '../table.ts';

/** `watch`: what happens, as it happens. */
export const addWatch: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'watch [name]',
    summary: 'show readings, health and side effects as they happen, until Ctrl-C',
    examples: ['fibric-edge watch', 'fibric-edge watch bench-scale --json'],
    async run({ client, words: [name], signal, json, print, printJson, note }) {
      const only = name === undefined ? null : (await findConnector(client, name)).id;
      const names = new Map((await client.listConnectors()).map((connector) => [connector.id, connector.name]));
      /** What is told item by item, and not once more as the last reading. */
      const streamed = new Set<string>();
      const show = (event: StreamEvent) => {
        if (event.type === 'connector') names.set(event.connector.id, event.connector.name);
        if (only !== null && connectorOf(event) !== only) return;
        if (json) printJson(event);
        else for (const line of linesOf(event, names, streamed)) print(line);
      };
      try {
        const onOpen = () => note('Watching; Ctrl-C ends it.');
        for await (const event of client.events({ signal, onOpen })) show(event);
      } catch (error) {
        if (AgentError.is(error, 'cancelled') && signal.aborted) return exitCodes.ok;
        throw error;
      }
      throw new AgentError('agent_unreachable', 'The agent ended the stream: it was stopped, or is starting again.', {
        hint: 'Start watching again when it runs.',
      });
    },
  });
};

function connectorOf(event: StreamEvent): string | null {
  switch (event.type) {
    case 'connector':
      return event.connector.id;
    case 'connector_removed':
      return event.connector_id;
    case 'reading':
      return event.reading.connector_id;
    case 'stream':
    case 'journal':
      return event.entry.connector_id;
    case 'approval':
      return event.approval.connector_id;
    case 'test':
      return event.record.connector_id;
    default:
      return null;
  }
}

function linesOf(event: StreamEvent, names: ReadonlyMap<string, string>, streamed: Set<string>): readonly string[] {
  const nameOf = (id: string) => plain(names.get(id) ?? id);
  switch (event.type) {
    case 'stream':
      streamed.add(`${event.entry.connector_id} ${event.entry.tool}`);
      return [streamLine(event.entry, nameOf(event.entry.connector_id))];
    case 'reading': {
      const { connector_id: id, tool, value, at } = event.reading;
      if (streamed.has(`${id} ${tool}`)) return [];
      return [`${at}  ${nameOf(id)}  ${tool}  ${valueWords(value)}`];
    }
    case 'connector':
      return [
        `${event.connector.health.since}  ${plain(event.connector.name)}  ${healthWords(event.connector.health)}`,
      ];
    case 'connector_removed':
      return [`${nameOf(event.connector_id)}  uninstalled`];
    case 'journal': {
      const { connector_name, summary, state, reason, ended_at, sent_at, created_at } = event.entry;
      const why = reason === null ? '' : ` (${reason})`;
      return [`${ended_at ?? sent_at ?? created_at}  ${plain(connector_name)}  ${plain(summary)}: ${state}${why}`];
    }
    case 'approval': {
      const { id, connector_name, summary, caller_name, state, requested_at, decision } = event.approval;
      const who = state === 'waiting' ? ` asked by ${plain(caller_name)}; fibric-edge approvals show ${id}` : '';
      return [`${decision?.at ?? requested_at}  ${plain(connector_name)}  ${plain(summary)}: approval ${state}${who}`];
    }
    case 'test':
      return [`${event.record.tested_at}  ${nameOf(event.record.connector_id)}  test ${event.record.status}`];
    case 'device': {
      const { id, path, present } = event.device;
      return [`${event.device.last_seen_at}  ${id} at ${plain(path)}  ${present ? 'present' : 'unplugged'}`];
    }
    case 'device_removed':
      return [`${event.device_id}  forgotten`];
    case 'agent': {
      const { name, state, last_seen_at, paired_at } = event.agent;
      return [`${last_seen_at ?? paired_at}  ${plain(name)}  ${state}`];
    }
    case 'pause':
      return [event.paused ? 'All side effects are paused.' : 'Side effects go on.'];
    case 'gap':
      return [`${event.lost} events were lost here.`];
  }
}

/** `12.480 kg` where a value has a unit, the whole as JSON otherwise. */
function valueWords(value: Readonly<Record<string, unknown>>): string {
  const { value: amount, unit, stable } = value;
  if (typeof amount !== 'string' || typeof unit !== 'string') return plain(JSON.stringify(value));
  return `${plain(amount)} ${plain(unit)}${stable === false ? ' (moving)' : ''}`;
}

function healthWords({ state, reason, message, hint }: ConnectorHealth): string {
  if (state !== 'error') return state;
  return [`error (${reason ?? 'unknown'})`, message, hint]
    .filter((part) => part !== null)
    .map(plain)
    .join('  ');
}
