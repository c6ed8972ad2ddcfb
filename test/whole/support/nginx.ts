import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { ServerCertificate } from './certificates.ts';
import { eventually } from './wires.ts';

const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path)) ?? null;
const handbook = join(import.meta.dirname, '..', '..', '..', 'docs', 'hub.md');

/** Whether there is an nginx, and a loopback whose every address is this machine's. */
export const hasNginx = program !== null && process.platform === 'linux';
/** A suite's name, with the reason when it is skipped. */
export const behindNginx = (what: string): string =>
  hasNginx ? what : `${what} (skipped: nginx is not installed, or this is not Linux)`;

/** An nginx of its own before a hub. */
export interface Nginx {
  readonly stop: () => Promise<void>;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts nginx with the text that docs/hub.md gives, but for ports and files. Rejects with what it says when it does not start. */
export async function startNginx(options: {
  readonly folder: string;
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Of the hub, on 127.0.0.1. */
  readonly hubPort: number;
  readonly certificate: ServerCertificate;
}): Promise<Nginx> {
  const { folder, port, hubPort, certificate } = options;
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  writeFileSync(file('hub.pem'), certificate.cert);
  writeFileSync(file('hub.key'), certificate.key);
  writeFileSync(file('nginx.conf'), configuration(folder, port, hubPort));
  const child = spawn(program ?? 'nginx', ['-p', folder, '-e', file('error.log'), '-c', file('nginx.conf')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  const exited = once(child, 'exit');
  await Promise.race([
    eventually('nginx listens', 60_000, () => takesConnections(port)),
    exited.then(() => Promise.reject(new Error(`nginx ended before it listened:\n${output}${log(folder)}`))),
  ]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** As the handbook has it, with what is this test's own: ports, files, and where nginx may write. */
function configuration(folder: string, port: number, hubPort: number): string {
  const told = /```nginx\n([\s\S]*?)```/.exec(readFileSync(handbook, 'utf8'))?.[1] ?? '';
  const own: readonly (readonly [told: string, own: string])[] = [
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['http://127.0.0.1:7440', `http://127.0.0.1:${hubPort}`],
    ['/etc/ssl/hub.pem', join(folder, 'hub.pem')],
    ['/etc/ssl/hub.key', join(folder, 'hub.key')],
  ];
  let servers = told;
  for (const [from, to] of own) {
    if (!servers.includes(from)) throw new Error(`the nginx configuration in docs/hub.md has no ${from}`);
    servers = servers.replace(from, to);
  }
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'daemon off;',
    // As whoever runs the test, so that all is readable.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    `pid ${join(folder, 'nginx.pid')};`,
    'events {}',
    'http {',
    'access_log off;',
    ...scratch.map((name) => `${name}_temp_path ${join(folder, name)};`),
    servers,
    '}',
  ].join('\n');
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const connected = await Promise.race([
    once(socket, 'connect').then(
      () => true,
      () => false,
    ),
    once(socket, 'close').then(() => false),
  ]);
  socket.destroy();
  return connected;
}

function log(folder: string): string {
  const path = join(folder, 'error.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
