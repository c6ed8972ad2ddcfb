/** The shape that tells a state without colour (window brief, section 4); drawn by `parts/mark.tsx`. */
export type Shape =
  | 'disc-tick'
  | 'ring-dot'
  | 'ring-dashed'
  | 'ring-dotted'
  | 'square-clock'
  | 'octagon-x'
  | 'triangle'
  | 'diamond-question'
  | 'diamond-tick'
  | 'diamond-x'
  | 'ring-bar'
  | 'half-ring-arrow'
  | 'disc-dotted-tick'
  | 'two-bars'
  | 'cloud-slash'
  | 'plus-dashed'
  | 'link';

/** The colour token that goes with it; the shape carries the state, colour only helps. */
export type Tone = 'ok' | 'listen' | 'attention' | 'error' | 'unknown' | 'off' | 'accent';

/** How a state is drawn. */
export interface Look {
  readonly shape: Shape;
  readonly tone: Tone;
}

const look = (shape: Shape, tone: Tone): Look => ({ shape, tone });
const error = look('octagon-x', 'error');
const attention = look('triangle', 'attention');
const refused = look('ring-bar', 'off');

/** By `health.state`, when there is no reason. */
export const healthLooks = {
  ok: look('disc-tick', 'ok'),
  listening: look('ring-dot', 'listen'),
  starting: look('ring-dashed', 'off'),
  waiting_for_device: look('ring-dashed', 'off'),
  pending_auth: look('square-clock', 'attention'),
  error,
} as const;

/** By `health.reason` and `device.problem.reason`, where it is another than that of an error. */
export const reasonLooks: Readonly<Record<string, Look>> = {
  device_busy: attention,
  ambiguous_device: attention,
  unconfirmed_device: attention,
  source_busy: attention,
  agent_offline: look('cloud-slash', 'off'),
};

/** By `recognition.certainty`, of a device without a connector, and by what is special about it. */
export const deviceLooks = {
  new: look('plus-dashed', 'accent'),
  absent: look('ring-dashed', 'off'),
  busy: error,
  attention,
} as const;

/** By what became of a side effect: a journal row's state, and finer where its evidence or reason says more. */
export const outcomeLooks = {
  applied: look('disc-tick', 'ok'),
  transmitted: look('half-ring-arrow', 'attention'),
  failed: error,
  unknown: look('diamond-question', 'unknown'),
  settled_happened: look('diamond-tick', 'unknown'),
  settled_did_not_happen: look('diamond-x', 'unknown'),
  refused,
  unresolved_effect: look('ring-bar', 'unknown'),
  duplicate_suspected: look('ring-bar', 'attention'),
  pending: look('square-clock', 'attention'),
  awaiting_approval: look('square-clock', 'attention'),
  accepted: look('ring-dotted', 'accent'),
  sent: look('ring-dotted', 'accent'),
  dry_run: look('disc-dotted-tick', 'ok'),
} as const;

/** Of the machine as a whole. */
export const machineLooks = {
  paused: look('two-bars', 'attention'),
  attention,
  error,
  ok: look('disc-tick', 'ok'),
  offline: look('cloud-slash', 'off'),
} as const;
