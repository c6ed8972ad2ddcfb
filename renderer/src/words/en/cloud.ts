/** Cloud. */
export const cloud = {
  none: 'No cloud is set up',
  notConnected: 'Not connected',
  noneBody: 'Everything on this computer works without it: devices, programs on this machine, the record of actions.',
  local: 'Programs on this machine connect with a token, which you make under Settings, Access.',
} as const;
