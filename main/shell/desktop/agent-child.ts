import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron/main';
import { AgentError } from '../../../drivers/kit/index.ts';
import { threadPoolSize } from '../../config/thread-pool.ts';
import { type AgentMessage, agentMessageSchema } from '../agent-messages.ts';
import type { AgentChild } from '../supervisor.ts';

/** How the agent is started. */
export interface AgentChildOptions {
  readonly dataDir: string;
  readonly config: string | null;
  readonly port: string | null;
}

const START_MS = 120_000;
/** An agent finishes what it does to devices first: a timed output is ended, a port closed. */
const STOP_MS = 15_000;
const KEPT_LINES = 40;

const program = fileURLToPath(new URL('../../agent/forked.js', import.meta.url));

/** Starts the agent as a process of its own; only after `ready`. */
export function forkAgent({ dataDir, config, port }: AgentChildOptions): AgentChild {
  const args = [
    '--data',
    dataDir,
    ...(config === null ? [] : ['--config', config]),
    ...(port === null ? [] : ['--port', port]),
  ];
  const child = utilityProcess.fork(program, args, {
    serviceName: 'Fibric Edge agent',
    stdio: 'pipe',
    // Set before it starts: libuv reads the size of its pool once.
    env: { MALLOC_ARENA_MAX: '2', ...process.env, UV_THREADPOOL_SIZE: String(threadPoolSize(args, process.env)) },
  });
  const lines = keepLines();
  child.stdout?.on('data', lines.add);
  child.stderr?.on('data', lines.add);

  const started = Promise.withResolvers<Extract<AgentMessage, { type: 'ready' | 'failed' }>>();
  const closed = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number | null>();
  let isGone = false;
  let pid: number | undefined;
  started.promise.catch(() => {});
  const patience = setTimeout(() => {
    started.reject(
      new AgentError('deadline_exceeded', `The agent was not ready within ${START_MS / 1_000} s.`, {
        hint: 'It is started again. Look at the logs if this goes on.',
      }),
    );
  }, START_MS);
  child.on('spawn', () => {
    pid = child.pid;
  });
  child.on('message', (raw: unknown) => {
    const message = agentMessageSchema.safeParse(raw);
    if (!message.success) return;
    if (message.data.type === 'stopped') closed.resolve();
    else started.resolve(message.data);
  });
  child.on('error', (type, location) => lines.add(`${type} at ${location}\n`));
  child.on('exit', (code) => {
    isGone = true;
    clearTimeout(patience);
    started.reject(
      new AgentError('agent_unreachable', `The agent ended while it started (exit code ${code}).`, {
        hint: 'It is started again. Look at the logs if this goes on.',
      }),
    );
    closed.resolve();
    ended.resolve(code);
  });

  const kill = () => {
    // Not child.kill(): it holds the main process until a process with an open serial port is gone.
    if (isGone || pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone, and the exit event is on its way.
    }
  };
  let stopping: Promise<void> | null = null;
  return {
    get pid() {
      return pid;
    },
    started: started.promise,
    ended: ended.promise,
    lastLines: lines.last,
    stop() {
      stopping ??= (async () => {
        if (isGone) return;
        child.postMessage({ type: 'stop' });
        const late = setTimeout(kill, STOP_MS);
        await closed.promise;
        clearTimeout(late);
        // Closed, but a thread may still wait for a device that holds its flow control: nothing is lost by ending it.
        const lingering = setTimeout(kill, 1_000);
        await ended.promise;
        clearTimeout(lingering);
      })();
      return stopping;
    },
    kill,
  };
}

function keepLines() {
  let kept: string[] = [];
  let rest = '';
  return {
    add(chunk: unknown) {
      const parts = `${rest}${String(chunk)}`.split('\n');
      rest = (parts.pop() ?? '').slice(-2_000);
      kept = [...kept, ...parts.map((line) => line.slice(0, 500)).filter((line) => line.trim() !== '')].slice(
        -KEPT_LINES,
      );
    },
    last: (): readonly string[] => kept,
  };
}
