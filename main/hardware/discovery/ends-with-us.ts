import { existsSync } from 'node:fs';

/** setpriv(1) of util-linux, which every Debian has. */
const setpriv = '/usr/bin/setpriv';

/**
 * A command whose process ends with ours, however that ends: one that waits for something that never comes would outlive a
 * killed agent for ever (PR_SET_PDEATHSIG, prctl(2)). The command as it is, where the system has no means.
 */
export function endsWithUs(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', '--', ...command] : command;
}
