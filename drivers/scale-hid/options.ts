import { z } from 'zod';
import { AgentError, type DriverContext } from '../kit/index.ts';
import { type ScaleLayout, scaleLayout } from './layout.ts';

/** Configuration keys of this listing. */
export const optionsSchema = z.strictObject({
  fresh_wait_ms: z
    .int()
    .min(50)
    .max(10_000)
    .default(1_000)
    .describe(
      'How long a reading waits for the scale to say its weight anew, in milliseconds. Scales that speak on change only stay silent then; their last word is given with its age',
    ),
});

/** A scale as it is configured and as its descriptor says it is. */
export interface ConfiguredScale {
  readonly freshWaitMs: number;
  /** Throws `not_supported` where the device's descriptor has no weight. */
  readonly layout: () => ScaleLayout;
}

/** The scale of a context. */
export function configuredScale({ options, reportDescriptor }: DriverContext): ConfiguredScale {
  const { fresh_wait_ms: freshWaitMs } = optionsSchema.parse(options);
  const layout = scaleLayout(reportDescriptor);
  return {
    freshWaitMs,
    layout() {
      if (layout !== null) return layout;
      throw new AgentError(
        'not_supported',
        'This device does not describe a weight as the usage tables of USB do (page 8D): it speaks a protocol of its maker.',
        { hint: 'Choose another listing, or the mode "USB HID" or "POS" in the menu of the scale.' },
      );
    },
  };
}
