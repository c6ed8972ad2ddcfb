import { type Driver, type Fingerprint, type LinkType, linksOf } from '../../../drivers/kit/index.ts';
import type { Descriptor, Recognition, RecognitionCandidate } from '../device.ts';
import { sharedBridges } from './bridges.table.ts';

interface Claim extends RecognitionCandidate {
  /** The marks stand for a product, not only for a cable. */
  readonly standsForProduct: boolean;
  readonly certain: boolean;
}

/**
 * What a device may be, from its descriptor alone: nothing is asked and nothing is written. A cable never names a
 * listing, only candidates: it says nothing about what hangs on it. Two listings that fit equally well are left open.
 */
export function recognise(descriptor: Descriptor, drivers: readonly Driver[], bus: LinkType = 'serial'): Recognition {
  const bridge = sharedBridges.get(`${descriptor.vendor_id}:${descriptor.product_id}`);
  const claims = drivers
    .filter((driver) => linksOf(driver).includes(bus))
    .flatMap((driver) => claimOf(driver, descriptor, bus, bridge !== undefined))
    .sort((left, right) => right.score - left.score || left.listing.localeCompare(right.listing));
  const candidates = claims.map(({ listing, score, reason }) => ({ listing, score, reason }));
  const [best, second] = claims;
  const open = (reason: string): Recognition => ({
    listing: null,
    certainty: 'unclear',
    reason,
    candidates,
    shared_adapter: bridge !== undefined,
  });
  if (best === undefined) {
    if (bridge !== undefined) {
      return open(`Adapter (${bridge}), used in many devices: identify to find out what is behind it.`);
    }
    const silent = Object.values({ ...descriptor, usages: null }).every((field) => field === null);
    return open(silent ? 'The port says nothing about what is connected.' : 'No driver knows these descriptors.');
  }
  if (!best.standsForProduct) return open(best.reason);
  if (second?.score === best.score) {
    return open(`It may be ${best.listing} or ${second.listing}: choose one, or identify.`);
  }
  return {
    listing: best.listing,
    certainty: best.certain ? 'certain' : 'likely',
    reason: best.reason,
    candidates,
    shared_adapter: false,
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

function claimOf(driver: Driver, descriptor: Descriptor, bus: LinkType, isSharedBridge: boolean): readonly Claim[] {
  const claims = driver.fingerprints
    .filter((mark) => (mark.on ?? bus) === bus && matches(mark, descriptor))
    .map((mark) => weigh(driver, mark, descriptor, bus, isSharedBridge))
    .sort((left, right) => right.score - left.score || Number(right.certain) - Number(left.certain));
  return claims.slice(0, 1);
}

/** A product outweighs any cable; among products, more and better marks win. */
function weigh(
  driver: Driver,
  mark: Fingerprint,
  descriptor: Descriptor,
  bus: LinkType,
  isSharedBridge: boolean,
): Claim {
  const hasText = mark.product !== undefined || mark.manufacturer !== undefined || mark.ieee1284Id !== undefined;
  // A usage and a 1284 id are the device's own word for what it is.
  const hasIds =
    (mark.vendorId !== undefined && mark.productId !== undefined) ||
    mark.usage !== undefined ||
    mark.ieee1284Id !== undefined;
  // On a shared chip only the strings can stand for a product.
  const standsForProduct = mark.strength === 'product' && (hasText || mark.usage !== undefined || !isSharedBridge);
  const { vendorId, productId, manufacturer, product, usage, ieee1284Id } = mark;
  const marks = [vendorId, productId, manufacturer, product, usage, ieee1284Id].filter((each) => each !== undefined);
  const strings = [descriptor.manufacturer, descriptor.product].filter((text) => text !== null).join(' ');
  const named = ieee1284Id === undefined ? strings : descriptor.ieee1284_id;
  return {
    listing: driver.id,
    score: (standsForProduct ? 60 : 20) + 10 * marks.length,
    reason: standsForProduct
      ? `${mark.label}${hasText ? ` (it calls itself "${named}")` : ''}.`
      : bus === 'usb_printer'
        ? `It may be: ${mark.label}; others have these ids too. Identify it, or look at its name plate.`
        : `Adapter (${mark.label}): identify to find out what is behind it.`,
    standsForProduct,
    certain: standsForProduct && hasIds,
  };
}

function matches(mark: Fingerprint, descriptor: Descriptor): boolean {
  return (
    (mark.vendorId === undefined || mark.vendorId === descriptor.vendor_id) &&
    (mark.productId === undefined || mark.productId === descriptor.product_id) &&
    fits(mark.manufacturer, descriptor.manufacturer) &&
    fits(mark.product, descriptor.product) &&
    !(mark.exceptProduct !== undefined && fits(mark.exceptProduct, descriptor.product)) &&
    (mark.usage === undefined || descriptor.usages.some((usage) => fits(mark.usage, usage))) &&
    fits(mark.ieee1284Id, descriptor.ieee1284_id)
  );
}

function fits(pattern: RegExp | string | undefined, text: string | null): boolean {
  if (pattern === undefined) return true;
  // `search`, unlike `test`, keeps no state in a global expression.
  return text !== null && (typeof pattern === 'string' ? pattern === text : text.search(pattern) >= 0);
}
