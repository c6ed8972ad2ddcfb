import type { Scenario } from './scenario.ts';

/** Every fault but the kill. */
export const scenarios: readonly Scenario[] = [];
