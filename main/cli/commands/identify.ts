import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { DeviceObject, IdentifyProgressObject, IdentifyReportObject } from '../../api/schemas/index.ts';
import type { AddCommands, CommandHost } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findDevice } from '../find.ts';
import { isObject, parseJsonValue } from '../key-values.ts';
import { formatFacts, formatTable } from '../table.ts';

const optionsSchema = z.object({
  listing: z.string().optional(),
  config: z.string().optional(),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
});

/** `identify`: who is there? */
export const addIdentify: AddCommands = (program, host) => addIdentifyTo(program, host, 'fibric-edge identify');

/** The command, under any parent. `called` is how it is called, for the examples. */
export function addIdentifyTo(parent: Command, host: CommandHost, called: string): void {
  host.add(parent, {
    syntax: 'identify <device>',
    summary: 'ask a device who it is, with harmless questions; this writes to its port',
    examples: [
      `${called} /dev/ttyUSB0 --dry-run`,
      `${called} /dev/ttyUSB0`,
      `${called} /dev/ttyUSB0 --listing cn-scale-sics`,
    ],
    options: [
      { flags: '--listing <id>', description: 'the driver to ask with (default: each that can be without risk)' },
      { flags: '--config <json>', description: "the listing's settings, for example the speed of the line" },
      { flags: '--dry-run', description: 'show what would be sent, and send nothing' },
      { flags: '--yes', description: 'do not ask before anything is sent' },
    ],
    async run({ client, words: [name = ''], options, signal, json, print, printJson, note, confirm, environment }) {
      const { listing, config: text, dryRun, yes } = optionsSchema.parse(options);
      const config = text === undefined ? undefined : parseConfig(text);
      const device = await findDevice(client, name);
      const isUnknown = listing === undefined && device.owner?.type !== 'connector';
      const onTerminal = environment.stdin.isTTY === true && !json;
      if (dryRun || (isUnknown && onTerminal && !yes)) {
        const plan = await client.identifyDevice(device.id, { listing, config, dry_run: true }, { signal });
        if (json) printJson(plan);
        else print(planText(plan));
        if (dryRun) return exitCodes.ok;
        if (!(await confirm(`Ask the device at ${device.path}?`))) {
          note('Nothing was sent.');
          return exitCodes.failure;
        }
      }
      const report = await client.identifyDevice(
        device.id,
        { listing, config },
        { signal, ...(json ? {} : { onProgress: (progress) => note(progressText(progress)) }) },
      );
      if (json) printJson(report);
      else print(reportText(report, device));
      return report.recognised ? exitCodes.ok : exitCodes.failure;
    },
  });
}

function parseConfig(text: string): JsonObject {
  const config = parseJsonValue('--config', text);
  if (isObject(config)) return config;
  throw new AgentError('invalid_parameter', '--config is not a JSON object.', {
    hint: 'For example \'{"baud_rate": 9600}\'.',
  });
}

type Attempt = IdentifyReportObject['attempts'][number];

function progressText({ done, total, ...way }: IdentifyProgressObject): string {
  return `${done + 1} of ${total}: ${wayText(way)}`;
}

function wayText({ listing, line, unit }: Pick<Attempt, 'listing' | 'line' | 'unit'>): string {
  return [listing, line, unit === null ? null : `unit ${unit}`].filter((part) => part !== null).join(', ');
}

function planText({ attempts, left_out: leftOut, warnings }: IdentifyReportObject): string {
  const risks = [...new Set(attempts.flatMap((attempt) => attempt.risks.map((risk) => `${attempt.listing}: ${risk}`)))];
  return paragraphs([
    formatTable(
      attempts,
      [
        { heading: 'asked as', value: wayText },
        {
          heading: 'sent until it answers (hex)',
          value: ({ frames }) => frames.join(', ') || 'nothing: it is listened to',
        },
      ],
      'No family can be asked there without risk.',
    ),
    listText(
      'Not asked:',
      leftOut.map((one) => `${one.listing}: ${one.reason}`),
    ),
    listText('If it is none of those asked before:', risks),
    listText('Mind:', warnings),
  ]);
}

function reportText(report: IdentifyReportObject, asked: DeviceObject): string {
  const { recognised, listing, identification, error, config, device } = report;
  const found = recognised ? `yes, as ${listing}` : listing === null ? 'no' : `no, not as ${listing}`;
  return paragraphs([
    formatFacts({
      recognised: found,
      ...(device.id === asked.id ? {} : { device: device.id }),
      manufacturer: identification?.manufacturer ?? null,
      model: identification?.model ?? null,
      'serial number': identification?.protocolSerial ?? null,
      ...(Object.keys(config).length === 0 ? {} : { settings: settingsText(config) }),
      ...(error === null ? {} : { problem: error.message, advice: error.hint ?? null }),
    }),
    report.exchanges.length === 0
      ? ''
      : formatTable(
          report.exchanges,
          [
            { heading: 'asked as', value: (one) => [one.listing, one.line].filter((part) => part !== null).join(', ') },
            { heading: 'question', value: ({ label }) => label },
            { heading: 'sent (hex)', value: ({ sent }) => sent },
            { heading: 'received (hex)', value: ({ received }) => received },
          ],
          '',
        ),
    recognised
      ? ''
      : listText(
          'Not asked:',
          report.left_out.map((one) => `${one.listing}: ${one.reason}`),
        ),
  ]);
}

function settingsText(config: JsonObject): string {
  return Object.entries(config)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function listText(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [heading, ...lines.map((line) => `  ${line}`)].join('\n');
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
