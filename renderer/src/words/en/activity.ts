/** Activity. */
export const activity = {
  none: 'Nothing was done yet on this machine',
  noneBody: 'Reading a scale isn’t listed, switching a relay is.',
} as const;
