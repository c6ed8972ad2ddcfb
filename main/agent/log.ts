import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Logger, multistream, pino } from 'pino';
import { createStream } from 'rotating-file-stream';
import type { Config } from '../config/index.ts';

/** How many lines `fibric-edge logs` can show without reading files. */
const RECENT_LINES = 2_000;

/** The agent's log: a bounded set of files in the data folder, the last lines in memory, and standard error. */
export interface AgentLog {
  readonly logger: Logger;
  /** The last lines, oldest first, as JSON text. */
  recent(limit: number): readonly string[];
  close(): Promise<void>;
}

/** Opens the log in `dataDir/logs`; at most four files of 5 MB stay. `quiet` leaves standard error to warnings. */
export function openLog(dataDir: string, level: Config['log_level'], quiet: boolean): AgentLog {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = createStream('agent.log', { path: folder, size: '5M', maxFiles: 3, mode: 0o600 });
  const lines: string[] = [];
  const memory = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      lines.push(chunk.toString().trimEnd());
      if (lines.length > RECENT_LINES) lines.splice(0, lines.length - RECENT_LINES);
      done();
    },
  });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        '*.token',
        '*.key',
        '*.password',
        '*.secret',
        '*.authorization',
        '*.headers',
        'token',
        'password',
        'secret',
      ],
    },
    multistream([
      { stream: file, level },
      { stream: memory, level },
      { stream: process.stderr, level: quiet ? 'error' : 'warn' },
    ]),
  );
  return {
    logger,
    recent: (limit) => lines.slice(-limit),
    close: () => new Promise((resolve) => file.end(() => resolve())),
  };
}
