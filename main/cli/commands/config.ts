import { loadConfig } from '../../config/index.ts';
import type { AddCommands } from '../cli.ts';
import { formatFacts } from '../table.ts';

/** `config`: the configuration file, and what the agent that runs was started with. */
export const addConfig: AddCommands = (program, host) => {
  const config = host.group(program, 'config', 'the configuration');
  host.add(config, {
    syntax: 'check <file>',
    summary: 'check a configuration file; names the line and the fix of each mistake',
    examples: ['fibric-edge config check /etc/fibric-edge.yml'],
    async run({ words: [file = ''], json, print, printJson }) {
      const checked = loadConfig(file);
      if (json) printJson(checked);
      else
        print(
          `${file} is usable: ${checked.paths.length} paths, ${checked.install_rules.length} install rules, port ${checked.port}.`,
        );
    },
  });

  host.add(config, {
    syntax: 'show',
    summary: 'show what the running agent was started with: its file, its folder, how long it keeps what',
    examples: ['fibric-edge config show'],
    async run({ client, json, print, printJson }) {
      const settings = await client.getSettings();
      if (json) return printJson(settings);
      const { configuration_file: file, data_folder, retention, approvals, ports } = settings;
      const { readings, streams, journal } = retention;
      print(
        formatFacts({
          'configuration file': file ?? 'none: the defaults hold',
          'data folder': data_folder,
          readings: `${readings.keep} of each tool, for ${readings.keep_hours} h`,
          streams: `${streams.keep} of each device, for ${streams.keep_hours} h`,
          'scans and positions': `for ${streams.keep_personal_hours} h`,
          'record of actions': `${journal.keep_days} days`,
          approvals: `${approvals.countdown_s} s to decide`,
          'ports open at once': ports.max_ports,
          'looks for devices': ports.discover ? 'yes' : 'only at configured paths',
        }),
      );
    },
  });
};
