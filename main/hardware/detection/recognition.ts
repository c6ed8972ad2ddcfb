import type { Driver, Fingerprint } from '../../../drivers/kit/index.ts';
import type { Descriptor, Recognition, RecognitionCandidate } from '../device.ts';
import { sharedBridges } from './bridges.table.ts';

const PRODUCT_SCORE = 80;
const CANDIDATE_SCORE = 30;

/**
 * What a device may be, from its descriptor alone: nothing is asked and nothing is written. A shared bridge chip is
 * recognised as the cable it is, unless the strings stand for a product.
 */
export function recognise(descriptor: Descriptor, drivers: readonly Driver[]): Recognition {
  const bridge = sharedBridges.get(`${descriptor.vendor_id}:${descriptor.product_id}`);
  const candidates = drivers
    .flatMap((driver) => candidateOf(driver, descriptor))
    .sort((left, right) => right.score - left.score);
  const [best, second] = candidates;
  if (best === undefined) {
    const reason =
      bridge === undefined
        ? 'No driver knows these descriptors.'
        : `USB serial adapter (${bridge}). Many devices use this chip: identify to find out what is behind it.`;
    return { listing: null, certainty: 'unclear', reason, candidates, shared_adapter: bridge !== undefined };
  }
  if (second !== undefined && second.score === best.score) {
    return {
      listing: null,
      certainty: 'unclear',
      reason: `It may be ${best.listing} or ${second.listing}: choose, or identify.`,
      candidates,
      shared_adapter: bridge !== undefined,
    };
  }
  return {
    listing: best.listing,
    certainty: best.score >= PRODUCT_SCORE ? 'likely' : 'unclear',
    reason: best.reason,
    candidates,
    shared_adapter: bridge !== undefined && best.score < PRODUCT_SCORE,
  };
}

/** Recognition once the device itself has answered as this listing's devices do. */
export function recognisedByAnswer(recognition: Recognition, listing: string, model: string | null): Recognition {
  return {
    ...recognition,
    listing,
    certainty: 'certain',
    reason: `It answered as ${listing}${model === null ? '' : `: ${model}`}.`,
    shared_adapter: false,
  };
}

function candidateOf(driver: Driver, descriptor: Descriptor): readonly RecognitionCandidate[] {
  const marks = driver.fingerprints.filter((mark) => matches(mark, descriptor));
  const mark = marks.find((found) => found.strength === 'product') ?? marks[0];
  if (mark === undefined) return [];
  const product = mark.strength === 'product';
  const what = [descriptor.manufacturer, descriptor.product].filter((text) => text !== null).join(' ');
  return [
    {
      listing: driver.id,
      score: product ? PRODUCT_SCORE : CANDIDATE_SCORE,
      reason: product
        ? `"${what || mark.label}" names a device of this kind (${mark.label}).`
        : `${mark.label}: the cable is known, what hangs on it is not.`,
    },
  ];
}

function matches(mark: Fingerprint, descriptor: Descriptor): boolean {
  const text = (pattern: RegExp | string | undefined, value: string | null) =>
    pattern === undefined ||
    (value !== null && (typeof pattern === 'string' ? pattern === value : pattern.test(value)));
  return (
    (mark.vendorId === undefined || mark.vendorId === descriptor.vendor_id) &&
    (mark.productId === undefined || mark.productId === descriptor.product_id) &&
    text(mark.manufacturer, descriptor.manufacturer) &&
    text(mark.product, descriptor.product)
  );
}
