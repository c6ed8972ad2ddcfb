/**
 * What `npm run demo`, `npm test`, `npm start` and `npm run edge` start: it sets up whatever is missing, then runs the
 * command on the Node that came from the registry. Plain JavaScript for Node 20 and newer, with no dependency.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { installDebianPackages } from './debian-packages.mjs';
import { installDependencies } from './dependencies.mjs';
import { NODE_MAJOR, suitableNode } from './registry-node.mjs';
import { fail } from './report.mjs';
import { run, runAgent } from './run-child.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = 'help', ...args] = process.argv.slice(2);

const launcher = join(root, 'bin', 'fibric-edge.mjs');
/** The script and arguments behind each command, all run from the built project. */
const commands = {
  demo: [launcher, 'run', '--demo'],
  start: [launcher, 'run'],
  edge: [launcher],
  test: [join(root, 'setup', 'test.mjs')],
  'test:electron:real': [join(root, 'setup', 'test-real-electron.mjs')],
  bench: [join(root, 'test', 'bench', 'main.ts')],
  faults: [join(root, 'test', 'faults', 'main.ts')],
  'bench:kernel': [join(root, 'test', 'kernel', 'prompt.ts')],
  package: [join(root, 'packaging', 'main.ts')],
  build: null,
};

/** Those that run until somebody ends them. */
const agents = new Set(['demo', 'start']);

if (!(command in commands)) fail(`unknown command ${command}; one of: ${Object.keys(commands).join(', ')}`);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node 20 or newer is needed to set up; this is ${process.version}`);

installDependencies(root);
const node = suitableNode(root);
if (node === null)
  fail(
    `Node ${NODE_MAJOR} is needed and not in the registry for ${process.platform}-${process.arch}: install it and run this again`,
  );
const missing = installDebianPackages(command);
if (command === 'demo' && missing.includes('socat'))
  fail('without socat there is no wire to the simulated devices; nothing was started');
build(root, node);

const script = commands[command];
if (script !== null) {
  // Debian keeps udevadm in /sbin, which a plain user's PATH lacks.
  const path = [dirname(node), process.env.PATH, '/usr/sbin', '/sbin'].filter(
    (folder) => folder && (folder.includes(':') || existsSync(folder)),
  );
  const environment = { ...process.env, PATH: path.join(':') };
  if (agents.has(command)) runAgent(node, [...script, ...args], environment);
  else run(node, [...script, ...args], environment);
}
