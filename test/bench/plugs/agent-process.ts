/** The whole agent over a pretended machine: prints its address. Arguments: data folder, configuration file, root, monitor's pipe. */
import { join } from 'node:path';
import { startAgent } from '../../../main/agent/start-agent.ts';
import { loadConfig } from '../../../main/config/index.ts';
import { readSysfsPorts } from '../../../main/hardware/discovery/sysfs-ports.ts';

const [, , dataDir = '', configFile = '', root = '', pipe = ''] = process.argv;
const agent = await startAgent({
  dataDir,
  config: loadConfig(configFile, { port: 0 }),
  version: '0.0.0',
  quiet: true,
  machine: {
    listSystem: async () => readSysfsPorts({ sys: join(root, 'sys'), dev: join(root, 'dev') }) ?? [],
    // Always there.
    udevControl: import.meta.filename,
    udevMonitor: ['cat', pipe],
  },
});
process.stdout.write(`${JSON.stringify({ url: agent.url })}\n`);
process.once('SIGTERM', () => void agent.close().then(() => process.exit(0)));
