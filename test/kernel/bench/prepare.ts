import { existsSync } from 'node:fs';
import { bootGuest } from './guest.ts';
import { prepareImage, whyNoGuestHere } from './image.ts';
import { keptBootOf } from './kept-boot.ts';

/** Makes the guest's image, and the boot that guests begin from, before files run side by side. */
export async function setup(): Promise<void> {
  if (whyNoGuestHere() !== null || existsSync(keptBootOf(prepareImage().initrd))) return;
  const guest = await bootGuest();
  await guest.end();
}
