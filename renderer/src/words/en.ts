/** The shape that tells a state without colour. */
export type Shape = 'tick' | 'ring' | 'dashed' | 'clock' | 'octagon' | 'triangle' | 'plus' | 'bar' | 'diamond';

/** The colour token that goes with it. */
export type Tone = 'ok' | 'listen' | 'attention' | 'error' | 'unknown' | 'off' | 'accent';

/** How one state is told: by shape, by word, and what to do next when the agent says nothing better. */
export interface StateWords {
  readonly word: string;
  readonly shape: Shape;
  readonly tone: Tone;
  readonly next: string;
}

const error = (word: string, next: string): StateWords => ({ word, shape: 'octagon', tone: 'error', next });

/** Words for `health.state` when there is no reason. */
export const healthWords = {
  ok: { word: 'Working', shape: 'tick', tone: 'ok', next: '' },
  listening: { word: 'Listening', shape: 'ring', tone: 'listen', next: 'Scan or show something to check it.' },
  starting: { word: 'Not tried yet', shape: 'dashed', tone: 'off', next: 'Run the test.' },
  error: error('Not working', 'Run the test to see why.'),
} as const satisfies Record<string, StateWords>;

/** Words for `health.reason`, keyed by the code the API gives. */
export const reasonWords: Readonly<Record<string, StateWords>> = {
  device_unplugged: error('Unplugged', 'Plug it back in.'),
  port_busy: error('Used by another program', 'Close that program; we reconnect by ourselves.'),
  permission_denied: error('No right to open it', 'Run the command shown once, then sign in again.'),
  no_reply: error('No answer', 'Is it switched on, is the cable in, does its speed match? Then test.'),
  bad_reply: error("Answers we can't read", 'Check speed and parity, or choose another driver.'),
  wrong_device: error('Another unit is here', 'Put the right unit back, or install this one by itself.'),
  device_refused: error('The device says no', 'See the message; the device names the cause.'),
  device_not_ready: error('The device is not ready', 'Wait until it has settled, then test.'),
  device_busy: {
    word: 'Busy',
    shape: 'triangle',
    tone: 'attention',
    next: 'Reading goes on by itself when its turn comes.',
  },
  ambiguous_device: {
    word: 'Which one is it?',
    shape: 'triangle',
    tone: 'attention',
    next: 'Tell the two apart on this computer.',
  },
  unconfirmed_device: {
    word: 'Is this the right one?',
    shape: 'triangle',
    tone: 'attention',
    next: 'Confirm it: fibric-edge devices confirm',
  },
  vault_unavailable: error('Secrets are locked', 'Unlock the keychain; devices without secrets work on.'),
  auth_failed: error('Sign-in refused', 'Enter new credentials; the old ones stay until these work.'),
  source_unreachable: error(
    'Not reachable',
    'Is the address right, and is the source up? It is tried again by itself.',
  ),
  source_busy: {
    word: 'Asked to wait',
    shape: 'triangle',
    tone: 'attention',
    next: 'The source wants to be asked less often; it goes on by itself.',
  },
  target_refused: error(
    'Address not allowed',
    'It leads into this network; allow it in the configuration if that is meant.',
  ),
  agent_offline: { word: 'Machine not reachable', shape: 'dashed', tone: 'off', next: 'Check its power and network.' },
  port_limit: error('Too many ports open', 'Raise max_ports in the configuration and start again.'),
  unsupported_setting: error('This port can not be set so', 'Choose other line settings.'),
};

/** Words for how a device is known again. */
export const confidenceWords: Readonly<Record<string, string>> = {
  protocol_serial: 'Knows this unit',
  serial: 'Knows this unit',
  port: 'Knows this socket, not the unit',
  path: 'Set by configuration',
  ambiguous: 'Which one is it?',
};

/** Words for how sure recognition is. */
export const certaintyWords: Readonly<Record<string, string>> = {
  certain: 'Certain',
  likely: 'Likely',
  unclear: 'Unclear',
};

/** Words for evidence beside an outcome. */
export const modeWords: Readonly<Record<string, string>> = { live: 'read for real', dry_run: 'tried without acting' };

/** The words of one connector's state; an unknown reason still says that something is wrong. */
export function wordsFor(health: {
  readonly state: keyof typeof healthWords;
  readonly reason: string | null;
}): StateWords {
  if (health.state !== 'error') return healthWords[health.state];
  return (health.reason === null ? undefined : reasonWords[health.reason]) ?? healthWords.error;
}
