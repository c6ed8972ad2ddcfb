import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type HostState, needsReady } from './host-state.ts';

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stdio?: string;
  readonly serviceName?: string;
}

const wrapper = fileURLToPath(new URL('./utility-child.ts', import.meta.url));

/** Makes `utilityProcess` of Electron over a child of Node; messages cross as structured clones. */
export function makeUtilityProcess(
  state: HostState,
  onGone: (details: { type: 'Utility'; reason: string; exitCode: number; name: string }) => void,
) {
  return {
    fork(modulePath: string, args: readonly string[] = [], options: ForkOptions = {}) {
      needsReady(state, 'utilityProcess');
      const piped = options.stdio === 'pipe';
      const child = fork(wrapper, [modulePath, ...args], {
        execPath: process.execPath,
        execArgv: ['--disable-warning=ExperimentalWarning'],
        serialization: 'advanced',
        env: { ...(options.env ?? process.env), NODE_OPTIONS: '' },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        stdio: ['ignore', piped ? 'pipe' : 'inherit', piped ? 'pipe' : 'inherit', 'ipc'],
      });
      const utility = Object.assign(new EventEmitter(), {
        pid: undefined as number | undefined,
        stdout: child.stdout,
        stderr: child.stderr,
        postMessage(message: unknown): void {
          // Electron drops what is said to a child that has ended.
          if (child.connected) child.send({ standIn: 'message', data: message }, () => {});
        },
        kill: (): boolean => child.kill('SIGTERM'),
      });
      child.once('spawn', () => {
        utility.pid = child.pid;
        utility.emit('spawn');
      });
      child.on('message', (message: { data: unknown }) => utility.emit('message', message.data));
      child.once('exit', (code, signal) => {
        utility.pid = undefined;
        const exitCode = code ?? (signal === 'SIGKILL' ? 9 : 15);
        if (exitCode !== 0)
          onGone({
            type: 'Utility',
            reason: signal === null ? 'abnormal-exit' : 'killed',
            exitCode,
            name: options.serviceName ?? 'Node Utility Process',
          });
        utility.emit('exit', exitCode);
      });
      return utility;
    },
  };
}
