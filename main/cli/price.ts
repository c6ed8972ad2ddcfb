import type { ListingObject } from '../api/schemas/index.ts';

/** `29.00 USD a month per source` */
export function formatPrice({ amount, currency, per, interval }: NonNullable<ListingObject['price']>): string {
  return `${amount} ${currency} a ${interval} per ${per}`;
}
