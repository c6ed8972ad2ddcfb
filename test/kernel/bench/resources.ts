import type { Guest } from './guest.ts';

/** What a process in the guest holds. */
export interface Resources {
  readonly descriptors: number;
  /** Open serial ports of USB adapters. */
  readonly ports: number;
  readonly children: number;
  readonly residentKib: number;
}

/** Asks the guest's kernel. */
export async function readResources({ control }: Guest, pid: number): Promise<Resources> {
  const open = (await control.must('sh', '-c', `ls -l /proc/${pid}/fd | sed -n 's/.* -> //p'`)).trim().split('\n');
  const status = await control.read(`/proc/${pid}/status`);
  const children = await control.must('sh', '-c', `cat /proc/${pid}/task/*/children`);
  return {
    descriptors: open.length,
    ports: open.filter((target) => /^\/dev\/tty(USB|ACM)/.test(target)).length,
    children: children.split(/\s+/).filter((each) => each !== '').length,
    residentKib: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]),
  };
}
