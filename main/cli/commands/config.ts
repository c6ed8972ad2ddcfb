import { loadConfig } from '../../config/index.ts';
import type { AddCommands } from '../cli.ts';

/** `config`: the configuration file. */
export const addConfig: AddCommands = (program, host) => {
  const config = host.group(program, 'config', 'the configuration file');
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
};
