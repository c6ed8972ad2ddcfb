import { readFileSync } from 'node:fs';

/** `CLK_TCK` of every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** What a process has used. */
export interface Usage {
  readonly residentMb: number;
  readonly cpuSeconds: number;
}

/** Of a running process, all its threads together (proc(5)). */
export function usage(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const fields = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ');
  return {
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  };
}
