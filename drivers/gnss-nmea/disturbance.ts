import { type Disturbance, decodeLatin1 } from '../kit/index.ts';

/** Makers' own sentences and UBX frames set receivers up; all else is nothing to them. */
export function disturbedBy(bytes: Uint8Array): Disturbance | null {
  const text = decodeLatin1(bytes);
  return text.includes('$P') || text.includes('\u00b5b') ? { kind: 'acts', what: 'change a setting' } : null;
}
