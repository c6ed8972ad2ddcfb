import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { DeviceProblem } from '../device.ts';

/** Why this user may not open the port, and the command that mends it. */
export async function explainPermission(path: string): Promise<DeviceProblem> {
  const user = userInfo().username;
  const message = `The user ${user} has no right to open ${path}.`;
  const group = await groupOf(path);
  const hint =
    group === null || group === 'root'
      ? `Give this user's group the right to ${path} by a udev rule, then plug the device in again.`
      : `Run once: sudo usermod -aG ${group} ${user}   then sign out and in again (or restart the service).`;
  return { reason: 'permission_denied', message, hint };
}

async function groupOf(path: string): Promise<string | null> {
  try {
    const { gid } = await stat(path);
    const line = (await readFile('/etc/group', 'utf8'))
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(gid));
    return line?.split(':')[0] ?? null;
  } catch {
    return null;
  }
}
