/** The least that can be done with a monitor's line: read it, and write one event to whoever follows. Prints its address. Argument: the monitor's pipe. */
import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const [, , pipe = ''] = process.argv;
const followers = new Set<ServerResponse>();
const monitor = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
monitor.stdout.setEncoding('utf8').on('data', (chunk: string) => {
  const block = chunk.split('\n\n').find((each) => each.includes('SUBSYSTEM=tty'));
  const action = /^ACTION=(\w+)$/m.exec(block ?? '')?.[1];
  if (action === undefined) return;
  const data = JSON.stringify({ type: 'device', device: { path: '/dev/ttyUSB0', present: action === 'add' } });
  for (const follower of followers) follower.write(`event: device\ndata: ${data}\n\n`);
});
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  followers.add(response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
});
process.once('SIGTERM', () => {
  monitor.kill();
  process.exit(0);
});
