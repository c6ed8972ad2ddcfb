import type { LogLine, PortExplanations } from './device-registry.ts';

/**
 * Says which other program has a HID interface open that was just opened: hidraw knows no locks, and whatever one of them
 * sends the device does for both. Never rejects.
 */
export async function tellWhoElse(
  path: string,
  explanations: Pick<PortExplanations, 'findPortHolder'>,
  log: LogLine,
): Promise<void> {
  const holder = await explanations.findPortHolder(path).catch(() => null);
  if (holder === null) return;
  log(
    `${holder.name} (process ${holder.pid}) has ${path} open too. HID devices can't be locked: close it if it may send something.`,
  );
}
