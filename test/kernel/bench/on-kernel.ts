import { describe } from 'vitest';
import { whyNoGuestHere } from './image.ts';

const reason = whyNoGuestHere();

/** A `describe` for what needs a guest; where none can be had it is skipped and says why. */
export function describeOnKernel(name: string, define: () => void): void {
  if (reason !== null) process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skipIf(reason !== null)(name, define);
}
