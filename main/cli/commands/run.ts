import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CommandHost } from '../cli.ts';

const optionsSchema = z.object({
  port: z.string().optional(),
  config: z.string().optional(),
  readyFile: z.string().optional(),
  demo: z.boolean().default(false),
  hub: z.boolean().default(false),
  service: z.boolean().default(false),
  untilStdinEnds: z.boolean().default(false),
  data: z.string().optional(),
});

/** `run`: the agent itself, until it is told to end. The one command that does not talk to a running agent. */
export function addRun(program: Command, host: CommandHost): void {
  host.add(program, {
    syntax: 'run',
    summary: 'run the agent on this machine, until Ctrl-C',
    examples: [
      'fibric-edge run',
      'fibric-edge run --demo',
      'fibric-edge run --config edge.yaml --port 0 --ready-file ready.json',
    ],
    options: [
      { flags: '--demo', description: 'with simulated devices, installed and tested' },
      { flags: '--hub', description: 'with --demo: a hub beside it, paired, and a call through both' },
      {
        flags: '--service',
        description: 'as a service of this machine: its folders, and a socket for the group of its user',
      },
      { flags: '--port <number>', description: 'HTTP port on loopback; 0 takes a free one' },
      { flags: '--config <file>', description: 'the configuration (YAML)' },
      { flags: '--ready-file <file>', description: 'written when everything answers: url and pid' },
      {
        flags: '--until-stdin-ends',
        description: 'end when standard input does: for a program that starts an agent and leaves none behind',
      },
    ],
    async run({ options, folder, json, environment }) {
      const { port, config, readyFile, demo, hub, service, data, untilStdinEnds } = optionsSchema.parse(options);
      if (demo && service) {
        throw new AgentError('invalid_parameter', 'A service has no simulated devices.', {
          hint: 'Leave --demo or --service away.',
        });
      }
      const { variables, stdin, stdout } = environment;
      const stop = new AbortController();
      const stopListening = environment.onInterrupt(() => stop.abort());
      if (untilStdinEnds) {
        const end = () => stop.abort();
        stdin.on('error', end).once('close', end).resume();
      }
      // Loaded here only: no other command needs a native module, or waits for one.
      const { runAgent } = await import('../../agent/run.ts');
      const { servicePlace } = await import('../../agent/service-place.ts');
      const place = service ? servicePlace(variables) : null;
      try {
        await runAgent({
          // Simulated devices never mix with what a real agent keeps.
          dataDir: data === undefined ? (place?.dataDir ?? (demo ? `${folder}-demo` : folder)) : folder,
          groupRunDir: place?.runDir ?? null,
          configFile: config ?? variables['FIBRIC_EDGE_CONFIG'] ?? null,
          launcher: process.argv[1] === undefined ? null : [process.execPath, process.argv[1]],
          port: readPort(port ?? variables['FIBRIC_EDGE_PORT']),
          demo,
          hub,
          demoEndsToo: untilStdinEnds,
          readyFile: readyFile ?? null,
          json,
          stdout,
          stop: stop.signal,
        });
      } finally {
        stopListening();
        if (untilStdinEnds) stdin.destroy();
      }
    },
  });
}

function readPort(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new AgentError('invalid_parameter', `${text} is not a port.`, {
    hint: 'Give a number from 0 to 65535; 0 takes a free one.',
  });
}
