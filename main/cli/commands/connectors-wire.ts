import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { WireLogObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { parseDurationMs } from '../duration.ts';
import { exitCodes } from '../exit-codes.ts';
import { findConnector } from '../find.ts';
import { type WireStyle, wireLines } from '../wire-words.ts';

const optionsSchema = z
  .object({
    start: z.boolean().default(false),
    stop: z.boolean().default(false),
    clear: z.boolean().default(false),
    follow: z.boolean().default(false),
    for: z.string().optional(),
    hex: z.boolean().default(false),
    text: z.boolean().default(false),
  })
  .refine(({ start, stop, clear, follow }) => [start || follow, stop, clear].filter(Boolean).length <= 1, {
    error: '--stop, --clear and --start or --follow exclude each other',
  })
  .refine(({ hex, text }) => !(hex && text), { error: 'either --hex or --text' })
  .refine(({ for: duration, start, follow }) => duration === undefined || start || follow, {
    error: '--for says how long to record: it goes with --start or --follow',
  });

/** `connectors wire` */
export const addConnectorWire: AddCommands = (connectors, host) => {
  host.add(connectors, {
    syntax: 'wire <name>',
    summary: 'show what goes over the wire of a connector, byte for byte',
    examples: [
      'fibric-edge connectors wire bench-scale --follow --hex',
      'fibric-edge connectors wire bench-scale --start --for 2h',
      'fibric-edge connectors wire bench-scale --json > wire.jsonl',
    ],
    options: [
      { flags: '--follow', description: 'go on as it comes, until Ctrl-C; begins to record where nothing is recorded' },
      { flags: '--start', description: 'begin to record; it ends by itself' },
      { flags: '--for <duration>', description: 'how long is recorded: 10s to 24h (default: 15m)' },
      { flags: '--stop', description: 'stop recording; what was recorded stays for a while' },
      { flags: '--clear', description: 'delete what was recorded' },
      { flags: '--hex', description: 'bytes as hex, 16 a row, with their text beside them' },
      { flags: '--text', description: 'bytes as text (the default)' },
    ],
    async run({ client, words: [name = ''], options, signal, json, print, printJson, note }) {
      const parsed = optionsSchema.safeParse(options);
      if (!parsed.success) {
        throw new AgentError('invalid_parameter', `${parsed.error.issues[0]?.message ?? 'The options do not fit'}.`);
      }
      const wanted = parsed.data;
      const connector = await findConnector(client, name);
      const style: WireStyle = wanted.hex ? 'hex' : 'text';
      const show = ({ entries }: Pick<WireLogObject, 'entries'>) => {
        for (const entry of entries) {
          if (json) printJson(entry);
          else for (const line of wireLines(entry, style)) print(line);
        }
      };
      const begin = async () => {
        const forS = wanted.for === undefined ? undefined : parseDurationMs('--for', wanted.for) / 1000;
        const log = await client.recordWire(connector.id, {
          recording: true,
          ...(forS === undefined ? {} : { for_s: forS }),
        });
        note(`The wire of ${connector.name} is recorded${untilWords(log)}.`);
        return log.recording;
      };

      if (wanted.stop) {
        const { recording } = await client.recordWire(connector.id, { recording: false });
        if (json) printJson(recording);
        else print(`The wire of ${connector.name} is not recorded.`);
        return exitCodes.ok;
      }
      if (wanted.clear) {
        const { recording } = await client.clearWireLog(connector.id);
        if (json) printJson(recording);
        else print(`What was recorded of the wire of ${connector.name} is deleted.`);
        return exitCodes.ok;
      }
      if (wanted.start || (wanted.follow && (wanted.for !== undefined || !(await isRecorded(client, connector.id))))) {
        const recording = await begin();
        if (json && !wanted.follow) printJson(recording);
      }
      if (wanted.follow) {
        try {
          for await (const part of client.followWireLog(connector.id, { signal })) show(part);
        } catch (error) {
          if (AgentError.is(error, 'cancelled') && signal.aborted) return exitCodes.ok;
          throw error;
        }
        throw new AgentError('agent_unreachable', 'The agent ended the stream: it stops, or the connector is gone.', {
          hint: 'Follow again when it runs.',
        });
      }
      if (wanted.start) return exitCodes.ok;
      let part = await client.getWireLog(connector.id, { limit: 1000 });
      if (part.entries.length === 0) {
        const begun = part.recording.on ? 'Nothing went over it yet.' : 'Nothing is recorded.';
        note(`${begun} Follow it: fibric-edge connectors wire ${JSON.stringify(connector.name)} --follow`);
      }
      show(part);
      while (part.has_more) {
        part = await client.getWireLog(connector.id, { limit: 1000, after: part.cursor });
        show(part);
      }
      return exitCodes.ok;
    },
  });
};

async function isRecorded(client: ApiClient, connectorId: string): Promise<boolean> {
  return (await client.getWireLog(connectorId, { limit: 1 })).recording.on;
}

function untilWords({ recording: { until } }: WireLogObject): string {
  return until === null ? '' : ` until ${until}`;
}
