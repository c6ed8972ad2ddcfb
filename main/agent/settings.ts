import type { SettingsObject } from '../api/schemas/index.ts';
import type { Config } from '../config/index.ts';
import { JOURNAL_KEPT_DAYS } from '../connectors/index.ts';

/** Where a running agent came from. */
export interface AgentOrigin {
  readonly configFile: string | null;
  /** The program and the launcher by which its command line is called; null: it came without one. */
  readonly launcher: readonly [program: string, script: string] | null;
}

/** What the agent was started with, as the API tells it. */
export function describeSettings(parts: {
  readonly config: Config;
  readonly dataDir: string;
  /** As a service, which the command line finds without a word. */
  readonly forGroup: boolean;
  readonly origin: AgentOrigin;
}): SettingsObject {
  const { config, dataDir, forGroup, origin } = parts;
  const { reading_history: readings, streams, approvals, max_ports, discover } = config;
  const [program, script] = origin.launcher ?? [];
  return {
    object: 'settings',
    configuration_file: origin.configFile,
    data_folder: dataDir,
    command:
      program === undefined || script === undefined
        ? null
        : { program, arguments: [script], data: forGroup ? [] : ['--data', dataDir] },
    retention: { readings, streams, journal: { keep_days: JOURNAL_KEPT_DAYS } },
    approvals,
    ports: { max_ports, discover },
  };
}
