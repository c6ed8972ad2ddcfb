/** States of connectors and devices. */
export const states = {
  ok: 'Working',
  listening: 'Listening',
  listeningNext: 'Scan or show something to check it.',
  nothingHeard: 'last change',
  starting: 'Not tried yet',
  startingNext: 'Run the test.',
  waitingForDevice: 'Waiting for its device',
  waitingForDeviceNext: 'Plug the device in.',
  pendingAuth: 'Waiting for sign-in',
  pendingAuthNext: 'Finish the sign-in at the source.',
  error: 'Not working',
  errorNext: 'Run the test to see why.',
  answered: 'answered',
  simulated: 'SIM · simulated',
  simulatedBody: 'Not a real device',
} as const;

/** By `health.reason` and `problem.reason`. */
export const reasons = {
  device_unplugged: 'Unplugged',
  port_busy: 'Used by another program',
  permission_denied: 'No right to open it',
  no_reply: 'No answer',
  bad_reply: 'Answers we can’t read',
  wrong_device: 'Another unit is here',
  device_refused: 'The device says no',
  device_not_ready: 'The device is not ready',
  device_busy: 'Busy',
  ambiguous_device: 'Which one is it?',
  unconfirmed_device: 'Is this the right one?',
  vault_unavailable: 'Secrets are locked',
  auth_failed: 'Sign-in refused',
  source_unreachable: 'Not reachable',
  source_busy: 'Asked to wait',
  target_refused: 'Address not allowed',
  agent_offline: 'Machine not reachable',
  port_limit: 'Too many ports open',
  unsupported_setting: 'This port can’t be set so',
} as const;

/** What to do next, by the same codes. */
export const steps = {
  device_unplugged: 'Plug it back in.',
  port_busy: 'Close that program; we reconnect by ourselves.',
  permission_denied: 'Run the command shown once, then sign in to this computer again.',
  no_reply: 'Is it switched on, is the cable in, does its speed match? Then test.',
  bad_reply: 'Check speed and parity, or choose another driver.',
  wrong_device: 'Put the right unit back, or install this one by itself.',
  device_refused: 'The device names the cause in its message.',
  device_not_ready: 'Wait until it has settled, then test.',
  device_busy: 'Reading goes on by itself when its turn comes.',
  ambiguous_device: 'Tell the two apart on this computer.',
  unconfirmed_device: 'Look at the device and confirm it.',
  vault_unavailable: 'Unlock the keychain; devices without secrets work on.',
  auth_failed: 'Enter new credentials; the old ones stay until these work.',
  source_unreachable: 'Is the address right, and is the source up? It is tried again by itself.',
  source_busy: 'The source wants to be asked less often; it goes on by itself.',
  target_refused: 'It leads into this network; allow it in the configuration if that is meant.',
  agent_offline: 'Check its power and network.',
  port_limit: 'Raise max_ports in the configuration and start again.',
  unsupported_setting: 'Choose other line settings.',
} as const;

/** By `identity.confidence`, short and in full. */
export const identity = {
  protocol_serial: 'Knows this unit',
  protocol_serial_body: 'Found again by the serial number it answers with, in any socket.',
  serial: 'Knows this unit',
  serial_body: 'Found again by the serial number of its plug, in any socket.',
  port: 'Knows the socket, not the unit',
  port_body: 'Found again by the socket it is plugged into. If someone swaps two units, we can’t notice.',
  path: 'Knows only the path',
  path_body: 'Found again by its path. Another unit at the same path goes unnoticed.',
  ambiguous: 'Which one is it?',
  ambiguous_body: 'Another device looks just the same. A person has to tell them apart.',
} as const;

/** By `recognition.certainty`. */
export const certainty = { certain: 'certain', likely: 'likely', unclear: 'unclear' } as const;

/** By the category of a listing. */
export const classes = {
  scale: 'Scales',
  printer: 'Printers',
  scanner: 'Scanners',
  lock: 'Locks and doors',
  modbus: 'Modbus',
  relay: 'Relays',
  sensor: 'Sensors',
  rfid: 'RFID readers',
  gnss: 'Position',
  display: 'Displays',
  instrument: 'Instruments',
  ups: 'Power supplies',
  store: 'Stores',
  line: 'Other lines of text',
} as const;

/** Names of what a reading holds. */
export const fields = {
  code: 'Code',
  position: 'Position',
  fix: 'Fix',
  weight: 'Weight',
  sensor: 'Value',
  meter: 'Meter',
  measurement: 'Measurement',
  temperature: 'Temperature',
  humidity: 'Humidity',
  relay: 'Relay',
  relays: 'Relays',
  input: 'Input',
  output: 'Output',
  inputs: 'Inputs',
  outputs: 'Outputs',
  ready: 'Ready',
  online: 'Online',
  cover: 'Cover',
  paper: 'Paper',
  drawer: 'Drawer',
  cutter: 'Cutter',
  head: 'Print head',
  ribbon: 'Ribbon',
  mode: 'Mode',
  state: 'State',
  latitude: 'Latitude',
  longitude: 'Longitude',
  altitude: 'Altitude',
  speed: 'Speed',
  voltage: 'Voltage',
  current: 'Current',
  power: 'Power',
  energy: 'Energy',
  frequency: 'Frequency',
  pressure: 'Pressure',
} as const;

/** Words that a reading holds. */
export const values = {
  none: 'none',
  yes: 'yes',
  no: 'no',
  on: 'on',
  off: 'off',
  ok: 'ok',
  open: 'open',
  closed: 'closed',
  low: 'low',
  out: 'out',
  unknown: 'not known',
  net: 'net',
  gross: 'gross',
  near_end: 'nearly out',
  not_out: 'there',
  stuck: 'jammed',
  hot: 'too hot',
} as const;

/** By what became of a side effect. */
export const outcomes = {
  applied: 'Done',
  transmitted: 'Sent, not confirmed',
  failed: 'Failed',
  failed_not_sent: 'Failed, nothing was sent',
  failed_sent: 'Failed after sending',
  unknown: 'Not known if it happened',
  refused: 'Refused',
  pending: 'Waiting for a person',
  awaiting_approval: 'Waiting for a person',
  accepted: 'Waiting its turn',
  sent: 'On its way',
  dry_run: 'Would work (nothing sent)',
} as const;

/** Errors of the API that are said better here than in general, by code. */
export const errors = {
  agent_unreachable: 'The agent did not answer. Look at how things stand before you try again.',
  page_fault: 'This page could not read the answer of the agent.',
  local_only: 'This can only be done on this machine.',
  key_invalid: 'You are signed out. Open Fibric Edge from this computer.',
} as const;
