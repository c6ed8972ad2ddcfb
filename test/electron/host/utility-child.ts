/** The far side of `utilityProcess` in the stand-in: gives the module its `process.parentPort`, then is that module. */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { watchConnections } from './net-watch.ts';

const [, , modulePath = '', ...args] = process.argv;
watchConnections('agent');
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => process.send?.({ standIn: 'message', data }),
});
process.on('message', (message: { data: unknown }) => parentPort.emit('message', { data: message.data, ports: [] }));
// Electron ends its utility processes with itself, whatever they are at.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
Object.defineProperty(process, 'parentPort', { value: parentPort });
Object.defineProperty(process, 'type', { value: 'utility' });
Object.defineProperty(process.versions, 'electron', {
  value: createRequire(import.meta.url)('electron/package.json').version,
});
process.argv.splice(1, process.argv.length - 1, modulePath, ...args);
await import(pathToFileURL(modulePath).href);
