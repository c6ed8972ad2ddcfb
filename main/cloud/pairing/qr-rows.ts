import { createRequire } from 'node:module';
import { z } from 'zod';

// Two megabytes that only a pairing needs.
const require = createRequire(import.meta.url);
const drawnSchema = z.tuple([z.looseObject({ pixs: z.array(z.literal([0, 1])), pixx: z.int().min(1) })]);

/**
 * The squares of a QR code (model 2, lowest correction: a screen is not worn), a string a row, `#` for dark and `.` for light,
 * without the margin of four squares that a reader needs. Null for what none can hold.
 */
export function qrRows(text: string): readonly string[] | null {
  const { raw }: typeof import('bwip-js/node') = require('bwip-js/node');
  const drawn = drawnSchema.safeParse(attempt(() => raw('qrcode', text, 'eclevel=L')));
  if (!drawn.success) return null;
  const [{ pixs, pixx }] = drawn.data;
  const row = (index: number) => pixs.slice(index * pixx, (index + 1) * pixx);
  return Array.from({ length: pixs.length / pixx }, (_, index) =>
    row(index)
      .map((dark) => (dark === 1 ? '#' : '.'))
      .join(''),
  );
}

function attempt(draw: () => unknown): unknown {
  try {
    return draw();
  } catch {
    return null;
  }
}
