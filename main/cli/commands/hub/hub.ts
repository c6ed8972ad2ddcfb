import { z } from 'zod';
import { AgentError } from '../../../../drivers/kit/index.ts';
import type { AddCommands } from '../../cli.ts';
import { addOperatorCommands } from '../operators.ts';
import { addHubAgents } from './agents.ts';
import { addHubConnectors } from './connectors.ts';
import { hubFolder, tenantOptions, usualHubName, withHub } from './hub-session.ts';
import { addHubPage } from './page.ts';
import { addHubPairings } from './pairings.ts';
import { addHubTenants } from './tenants.ts';

const runOptions = z.object({
  host: z.string().default('127.0.0.1'),
  port: z.string().default('7440'),
  origin: z.url({ protocol: /^https?$/ }).optional(),
  name: z.string().min(1).max(100).optional(),
  readyFile: z.string().optional(),
  heartbeat: z.string().optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  trustedProxy: z.array(z.string()).default([]),
});

/** `hub`: the cloud side that we ship. Its first command runs it, the others talk to one that runs. */
export const addHub: AddCommands = (program, host) => {
  const hub = host.group(program, 'hub', 'the hub: reaches paired machines for programs elsewhere');

  host.add(hub, {
    syntax: 'run',
    isDefault: true,
    summary: 'run a hub on this machine, until Ctrl-C',
    examples: [
      'fibric-edge hub run',
      'fibric-edge hub run --origin https://hub.example.com --host 0.0.0.0 --port 443 --tls-cert hub.pem --tls-key hub.key',
      'fibric-edge hub run --origin https://hub.example.com --trusted-proxy 127.0.0.1',
    ],
    options: [
      { flags: '--host <address>', description: 'where it listens (default: 127.0.0.1)' },
      { flags: '--port <number>', description: 'its port (default: 7440); 0 takes a free one' },
      {
        flags: '--origin <url>',
        description: 'the address that machines and programs use (default: where it listens)',
      },
      {
        flags: '--tls-cert <file>',
        description:
          'speak HTTPS with this certificate (PEM, with those between it and the authority); read again when it changes',
      },
      { flags: '--tls-key <file>', description: 'its private key (PEM, without a passphrase)' },
      {
        flags: '--trusted-proxy <addresses...>',
        description:
          'a reverse proxy before the hub, by its address or network (10.0.0.0/8): believe it for whom it asks',
      },
      { flags: '--name <name>', description: 'shown where machines are paired' },
      { flags: '--heartbeat <seconds>', description: 'between signs of life on a link (default: 15)' },
      { flags: '--ready-file <file>', description: 'written when everything answers: url, origin and pid' },
    ],
    async run(session) {
      const { options, json, environment } = session;
      const {
        host: address,
        port,
        origin,
        name,
        readyFile,
        heartbeat,
        tlsCert,
        tlsKey,
        trustedProxy,
      } = runOptions.parse(options);
      const tls = readPair(tlsCert, tlsKey);
      if (trustedProxy.length > 0 && origin === undefined) throw noOrigin();
      const stop = new AbortController();
      const stopListening = environment.onInterrupt(() => stop.abort());
      // Loaded here only: no other command needs a native module, or waits for one.
      const { runHub } = await import('../../../../hub/run.ts');
      try {
        await runHub({
          dataDir: hubFolder(session),
          host: address,
          port: readNumber('--port', port, 0, 65_535),
          origin: origin === undefined ? null : new URL(origin).origin,
          tls,
          trustedProxies: trustedProxy,
          name: name ?? usualHubName(),
          heartbeatMs: heartbeat === undefined ? null : readNumber('--heartbeat', heartbeat, 1, 300) * 1_000,
          readyFile: readyFile ?? null,
          json,
          stdout: environment.stdout,
          stop: stop.signal,
        });
      } finally {
        stopListening();
      }
    },
  });
  addHubPage(hub, host);
  addHubTenants(hub, host);
  addHubPairings(hub, host);
  addHubAgents(hub, host);
  addHubConnectors(hub, host);
  addOperatorCommands(hub, host, {
    command: 'fibric-edge hub operators',
    exampleOptions: ' --tenant acme',
    options: tenantOptions,
    use: withHub,
  });
};

function readPair(certFile: string | undefined, keyFile: string | undefined) {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  throw new AgentError('invalid_parameter', '--tls-cert and --tls-key go together.', {
    hint: 'Give both: a certificate is of no use without its key.',
  });
}

function noOrigin(): AgentError {
  return new AgentError('invalid_parameter', '--trusted-proxy needs --origin.', {
    hint: 'Behind a proxy the hub does not see the address that machines use: give it, as --origin https://hub.example.com',
  });
}

function readNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new AgentError('invalid_parameter', `${option} ${text} is not usable.`, {
    hint: `Give a number from ${least} to ${most}.`,
  });
}
