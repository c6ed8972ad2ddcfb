/**
 * Runs in the guest: says when udev tells of a port, and when the agent's stream does, by one clock. A line each on
 * standard output: `{"at": ms, "from": "udev" | "stream", "path": "/dev/ttyUSB0", "present": true}`.
 */
import { spawn } from 'node:child_process';
import { request } from 'node:http';

const [, , socketPath = ''] = process.argv;
const tell = (from: string, path: string, present: boolean) =>
  process.stdout.write(`${JSON.stringify({ at: performance.now(), from, path, present })}\n`);

function blocks(listener: (block: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    for (const block of parts) listener(block);
  };
}

const udev = spawn('udevadm', ['monitor', '--udev', '--property', '--subsystem-match=tty']);
udev.stdout.setEncoding('utf8').on(
  'data',
  blocks((block) => {
    const path = /^DEVNAME=(.*)$/m.exec(block)?.[1];
    const action = /^ACTION=(.*)$/m.exec(block)?.[1];
    if (path !== undefined) tell('udev', path, action === 'add');
  }),
);
request({ socketPath, path: '/v1/stream', headers: { host: 'localhost' } }, (response) => {
  tell('ready', String(response.statusCode), true);
  response.setEncoding('utf8').on(
    'data',
    blocks((block) => {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) return;
      const { device }: { device?: { path: string; present: boolean } } = JSON.parse(data);
      if (device !== undefined) tell('stream', device.path, device.present);
    }),
  );
}).end();
process.on('SIGTERM', () => {
  udev.kill();
  process.exit();
});
