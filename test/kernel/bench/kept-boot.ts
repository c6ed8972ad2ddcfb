import { renameSync, rmSync } from 'node:fs';
import type { Qmp } from './qmp.ts';

const DEADLINE_MS = 60_000;
const LOOK_MS = 100;

/** Where the state of a booted guest is kept, beside what it was booted from; made by {@link keepBoot}. */
export function keptBootOf(initrd: string): string {
  return initrd.replace(/\.cpio$/, '.booted');
}

/**
 * Writes the whole state of a guest to `file`, with no connection to it open, and lets it go on. A guest with the same
 * devices can begin there (QEMU's migration, `-incoming`). Rejects when QEMU can't; then there is no file.
 */
export async function keepBoot(qmp: Qmp, file: string): Promise<void> {
  const part = `${file}.${process.pid}`;
  try {
    // Not as slowly as over a network.
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 2 ** 33 });
    await qmp.execute('migrate', { uri: `exec:cat > '${part}'` });
    for (const end = performance.now() + DEADLINE_MS; ; ) {
      const { status } = Object(await qmp.execute('query-migrate'));
      if (status === 'completed') break;
      if (status === 'failed' || performance.now() > end)
        throw new Error(`the guest's state was not written: ${status}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
    await qmp.execute('cont');
  }
}

/** What makes a guest begin where the kept one was. */
export function fromKeptBoot(file: string): readonly string[] {
  return ['-incoming', `exec:cat '${file}'`];
}
