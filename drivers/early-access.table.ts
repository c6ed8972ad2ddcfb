import type { EarlyAccessListing } from './kit/index.ts';

/** Listings of the marketplace that are provisioned during onboarding: shown, and not installed here. */
export const earlyAccessListings: readonly EarlyAccessListing[] = [
  {
    id: 'cn-shopify',
    title: 'Shopify',
    summary: 'Orders of a Shopify store. Early access: provisioned during onboarding.',
    category: 'commerce',
    auth: { type: 'oauth2' },
  },
  {
    id: 'cn-zendesk',
    title: 'Zendesk',
    summary: 'Conversations of a Zendesk account. Early access: provisioned during onboarding.',
    category: 'support',
    auth: { type: 'oauth2' },
  },
];
