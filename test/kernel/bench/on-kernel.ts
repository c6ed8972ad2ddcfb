import { describe } from 'vitest';
import { packageFolder } from './image.ts';
import { whyNoGuest, whyNoPackages } from './packages.ts';

const reason = whyNoGuest() ?? whyNoPackages(packageFolder);

/** A `describe` for what needs a guest; where none can be had it is skipped and says why. */
export function describeOnKernel(name: string, define: () => void): void {
  if (reason !== null) process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skipIf(reason !== null)(name, define);
}
