import { z } from 'zod';
import { AgentError } from './agent-error.ts';
import type { JsonObject } from './json.ts';
import type { Link } from './link.ts';
import type { StreamFacts } from './stream.ts';

/** How far an answer is proven, best of all for a side effect; `transmitted` is shown to people as "sent, not confirmed". */
export type Evidence = 'device_ack' | 'read_back' | 'counter' | 'status_after' | 'transmitted';

/** Bytes that a side effect would send, in order. Nothing else may be sent under its permit. */
export interface PlannedFrame {
  readonly bytes: Uint8Array;
  readonly label: string;
}

/**
 * An output that is on for a while and must not stay on: a door's lock. The host ends it (contract section 1, "Timed
 * outputs"): when the time is up, when the agent stops or is paused, or first of all after a crash or a lost port.
 */
export interface TimedOutput {
  /** How long it is on, from the first byte of the effect. */
  readonly holdMs: number;
  /** What switches it off. Safe to send at any time and as often as needed; sent by the driver's `release` alone. */
  readonly release: readonly PlannedFrame[];
}

/** What a side effect would do: pure data, made before anything is sent. Survives structured clone. */
export interface Plan {
  /** For people: `Switch relay 2 on`. */
  readonly summary: string;
  /** What a person is asked when nobody knows whether it happened: `Did receipt 0042 come out?`. Default: made of the summary. */
  readonly question?: string;
  /** The harmful frames, each sent at most once. Harmless ones need no mention. */
  readonly frames: readonly PlannedFrame[];
  /** For people, before it is done: what will not be as they asked. */
  readonly notes?: readonly string[];
  /** The validated arguments and whatever `check`, `act` and `resolve` need to know again. */
  readonly data: JsonObject;
  /** Which output of the device it changes: nothing else is done to an output that is held on for a while. */
  readonly output?: string;
  /** The effect only begins something, which the host ends. */
  readonly timed?: TimedOutput;
  /** The least time since this output was last held, to the next effect of this plan's kind; kept over restarts. */
  readonly minIntervalMs?: number;
}

/** A timed output was switched off. */
export interface Release {
  readonly evidence: Evidence;
  /** Joins the effect's own result. */
  readonly result: JsonObject;
}

/** How sure it must be that a device is the right one: the weakest confidence at which no person has to say so. */
export type MinConfidence = 'serial' | 'port';

/** A swap of units behind one socket must not open another door (contract section 3). */
const strictCapabilities: ReadonlySet<string> = new Set(['access.unlock', 'relay.set']);

/** What a side effect requires unless its driver says otherwise. */
export function defaultMinConfidence(capability: string): MinConfidence {
  return strictCapabilities.has(capability) ? 'serial' : 'port';
}

/** What `check` saw before the effect, kept so that `resolve` can compare. */
export type Witness = JsonObject;

/** How `act` ended when it did not throw. */
export type ActOutcome =
  | { readonly outcome: 'applied'; readonly evidence: Evidence; readonly result: JsonObject }
  /** The device said it did not do it. */
  | { readonly outcome: 'failed'; readonly error: AgentError };

/** What the device says happened, when asked afterwards. */
export type Resolution =
  | { readonly happened: true; readonly evidence: Evidence }
  | { readonly happened: false; readonly evidence: Evidence }
  | { readonly happened: 'unknown'; readonly reason: string };

/** What a side effect would look like; for people, before they allow it. Survives structured clone. */
export interface Preview {
  readonly mediaType: 'image/png';
  readonly bytes: Uint8Array;
  /** Pixels across and down; one a dot of the printer. */
  readonly widthDots: number;
  readonly heightDots: number;
  /** What the picture can't show. */
  readonly notes: readonly string[];
}

interface ToolBase {
  /** The capability this tool fulfils: `weight.read`. */
  readonly capability: string;
  readonly title: string;
  /** For a model and for a person: what it does, units, limits, what it changes. */
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
}

/** A tool that changes nothing. */
export interface ReadTool extends ToolBase {
  readonly sideEffect: false;
  /** Arguments a connection test uses. */
  readonly testArguments: JsonObject;
  /** A value older than this is stale; null when the tool is not a reading. */
  readonly expectedIntervalMs: number | null;
  /** Resolves with what {@link ToolBase.output} describes. */
  readonly read: (link: Link, args: unknown) => Promise<JsonObject>;
}

/** A tool that reads what a device sent by itself. The host makes it, and answers it, from the driver's stream. */
export interface StreamTool extends ToolBase {
  readonly sideEffect: false;
  /** `staleAfterMs`: a `latest` item older than this is not given any more; null: it never ages. */
  readonly stream: Pick<StreamFacts, 'delivery' | 'personal'> & { readonly staleAfterMs: number | null };
  /** Arguments a connection test uses. */
  readonly testArguments: JsonObject;
  /** A value older than this is stale; null when items come only if something happens. */
  readonly expectedIntervalMs: number | null;
}

/** A tool that moves matter. The four functions, and nothing else, reach the device. */
export interface SideEffectTool extends ToolBase {
  readonly sideEffect: true;
  /** Arguments a connection test plans and checks. Null: none can be assumed (an order of the store); the health question stands in. */
  readonly testArguments: JsonObject | null;
  readonly bestEvidence: Evidence;
  /** MCP hint: may destroy or harm if used wrongly. */
  readonly destructive: boolean;
  /** MCP hint: the same call again changes nothing more. */
  readonly idempotent: boolean;
  /** Arguments that a policy may bound with `min_value` and `max_value`. */
  readonly boundable: readonly string[];
  /** Below it, a person confirms the device after each replug. */
  readonly minConfidence: MinConfidence;
  /** Pure: the frames for these arguments. Throws `invalid_arguments`. */
  readonly plan: (args: unknown) => Plan;
  /** Pure: a picture of what these arguments would make. Absent where there is nothing to see. Throws `invalid_arguments`. */
  readonly preview?: (args: unknown) => Promise<Preview>;
  /** Sends only harmless frames; throws when the device could not do it now. */
  readonly check: (link: Link, plan: Plan) => Promise<Witness>;
  /**
   * Sends the planned frames. A throw after the first harmful byte means that the outcome is unknown, whatever its code: only
   * an answer of `failed` says that the device has not done it.
   */
  readonly act: (link: Link, plan: Plan, witness: Witness) => Promise<ActOutcome>;
  /** Asks the device, harmlessly, whether it happened. */
  readonly resolve: (link: Link, plan: Plan, witness: Witness) => Promise<Resolution>;
}

/** Arguments the host adds to every side-effect tool; a driver that defines one is refused. */
export const reservedArguments = ['idempotency_key', 'entity_key', 'dry_run'] as const;

/** Reads `args` by `schema`, or throws `invalid_arguments` naming each wrong field and what was expected. */
export function parseArguments<Schema extends z.ZodObject>(
  schema: Schema,
  args: unknown,
  capability: string,
): z.output<Schema> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const where = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    return `${where}${issue.message}`;
  });
  throw new AgentError('invalid_arguments', `The arguments of ${capability} are not usable. ${problems.join('; ')}.`, {
    hint: `Expected: ${Object.keys(schema.shape).join(', ') || 'no arguments'}. Correct them and call again; nothing was sent.`,
    details: { tool: capability, problems },
  });
}

/** Makes a {@link ReadTool} whose `read` sees arguments already typed by `input`. */
export function defineReadTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: {
  readonly capability: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly testArguments: JsonObject;
  readonly expectedIntervalMs?: number;
  readonly read: (link: Link, args: z.output<Input>) => Promise<z.output<Output> & JsonObject>;
}): ReadTool {
  return {
    ...tool,
    sideEffect: false,
    expectedIntervalMs: tool.expectedIntervalMs ?? null,
    read: (link, args) => tool.read(link, parseArguments(tool.input, args, tool.capability)),
  };
}

/**
 * Makes a {@link SideEffectTool} whose functions see what `data` describes. `data` is what `plan` puts into
 * {@link Plan.data}; it is parsed again in `check`, `act` and `resolve`, since a plan may come back from disk.
 */
export function defineSideEffectTool<
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  Data extends z.ZodObject,
  WitnessSchema extends z.ZodObject,
>(tool: {
  readonly capability: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly data: Data;
  readonly witness: WitnessSchema;
  readonly testArguments: JsonObject | null;
  readonly bestEvidence: Evidence;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly boundable?: readonly string[];
  /** Default: {@link defaultMinConfidence}. */
  readonly minConfidence?: MinConfidence;
  readonly plan: (args: z.output<Input>) => Omit<Plan, 'data'> & { readonly data: z.output<Data> & JsonObject };
  readonly preview?: (args: z.output<Input>) => Promise<Preview>;
  readonly check: (link: Link, data: z.output<Data>, plan: Plan) => Promise<z.output<WitnessSchema> & JsonObject>;
  readonly act: (link: Link, data: z.output<Data>, plan: Plan, witness: z.output<WitnessSchema>) => Promise<ActOutcome>;
  readonly resolve: (
    link: Link,
    data: z.output<Data>,
    plan: Plan,
    witness: z.output<WitnessSchema>,
  ) => Promise<Resolution>;
}): SideEffectTool {
  const { data, witness, preview, ...rest } = tool;
  return {
    ...rest,
    ...(preview === undefined
      ? {}
      : { preview: async (args: unknown) => preview(parseArguments(tool.input, args, tool.capability)) }),
    sideEffect: true,
    boundable: tool.boundable ?? [],
    minConfidence: tool.minConfidence ?? defaultMinConfidence(tool.capability),
    plan: (args) => tool.plan(parseArguments(tool.input, args, tool.capability)),
    check: (link, plan) => tool.check(link, data.parse(plan.data), plan),
    act: (link, plan, seen) => tool.act(link, data.parse(plan.data), plan, witness.parse(seen)),
    resolve: (link, plan, seen) => tool.resolve(link, data.parse(plan.data), plan, witness.parse(seen)),
  };
}

/** A reading's common shape (contract section 2): exact decimal text in the device's own resolution, never a float. */
export const readingShape = {
  value: z.string().describe('Decimal number as text, in the resolution of the device'),
  unit: z.string().describe('UCUM unit code'),
  stable: z.boolean().describe('Whether the device says the value has settled'),
  at: z.iso.datetime().describe('When it was read, RFC 3339 UTC'),
};
