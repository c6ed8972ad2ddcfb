import { once } from 'node:events';
import { connect } from 'node:net';
import { onJsonLines, within } from './json-lines.ts';

const DEADLINE_MS = 10_000;

/** QEMU's own control channel (QEMU Machine Protocol specification). */
export interface Qmp {
  /** Rejects with QEMU's own words when it refuses. */
  execute(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): void;
}

/** Connects to a running QEMU and enters command mode. */
export async function connectQmp(path: string): Promise<Qmp> {
  const socket = connect(path);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  await within(DEADLINE_MS, `QEMU's control socket ${path}`, once(socket, 'connect'));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('QEMU has ended'));
  });
  onJsonLines(socket, ({ id, return: result, error }) => {
    const request = waiting.get(Number(id));
    waiting.delete(Number(id));
    if (error === undefined) request?.resolve(result);
    else request?.reject(new Error(`QEMU refused: ${JSON.stringify(error)}`));
  });
  const execute: Qmp['execute'] = (command, parameters = {}) => {
    lastId += 1;
    const request = Promise.withResolvers<unknown>();
    waiting.set(lastId, request);
    socket.write(`${JSON.stringify({ execute: command, arguments: parameters, id: lastId })}\n`);
    return within(DEADLINE_MS, command, request.promise);
  };
  await execute('qmp_capabilities');
  return { execute, close: () => socket.destroy() };
}
