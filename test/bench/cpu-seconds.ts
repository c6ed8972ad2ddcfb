import { readFileSync } from 'node:fs';

/** CPU seconds that a process has used. */
export function cpuSeconds(pid: number): number {
  const fields = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Milliseconds of processor time that the main thread of a process has used (Linux, Documentation/scheduler/sched-stats). */
export function mainThreadMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}
