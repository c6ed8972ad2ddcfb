/** Approvals. */
export const approvals = {
  waiting: 'Waiting for a person',
  ended: 'Decided lately',
  none: 'No approvals',
  noneBody: 'When a program wants to do something you chose to be asked about, it waits here for two minutes.',
} as const;
