import { randomUUID } from 'node:crypto';
import { AgentError, type Plan, type Resolution, type Witness } from '../../../drivers/kit/index.ts';
import type { ActAnswer } from '../device-side.ts';
import { journalIdOf, type PermitAuthority } from '../permit.ts';
import { notSent, runAct } from './act-runner.ts';
import type { Clock } from './clock.ts';
import type { WorkOptions, WorkTools } from './device-work.ts';
import type { HeldOutput } from './held-outputs.ts';
import type { Turn } from './port-queue.ts';
import type { ToolSet } from './tool-set.ts';

/** Whose turn it can be: a device on its port, or a software source. `Line` is what its work is done on. */
export interface TurnHost<Line> {
  readonly binding: { readonly connectorId: string; readonly connectorName: string };
  /** Waits for the turn. Rejects with what stands in the way, or the signal's reason. */
  acquire(controller: AbortController, insist: boolean): Promise<{ readonly line: Line; readonly turn: Turn }>;
  tools(): ToolSet;
  /** For a timed effect; absent where there are none. Throws when its driver can't end it. */
  hold?(journalId: string, plan: Plan): HeldOutput;
  work(): {
    perform<T>(line: Line, options: WorkOptions<T>, work: (tools: WorkTools) => Promise<T>): Promise<T>;
  };
}

/** Turns that are kept over several steps of a side effect. */
export interface Turns<Line> {
  /** Waits for the turn and keeps it until {@link Turns.close}, at most until `deadlineMs` from now, a running act excepted. */
  open(device: TurnHost<Line>, controller: AbortController, deadlineMs: number): Promise<{ readonly turnId: string }>;
  check(turnId: string, tool: string, plan: Plan): Promise<Witness>;
  /** Never rejects. */
  act(turnId: string, tool: string, plan: Plan, witness: Witness, permit: string): Promise<ActAnswer>;
  resolve(turnId: string, tool: string, plan: Plan, witness: Witness): Promise<Resolution>;
  /** Ends a check or resolve on its way; waits for an act. Unknown ids are fine. */
  close(turnId: string): Promise<void>;
  /** Closes every turn of a connector, or all; an act is waited for as long as `patienceMs`. */
  closeAll(connectorId: string | null, patienceMs: number): Promise<void>;
}

interface OpenTurn<Line> {
  readonly device: TurnHost<Line>;
  readonly held: { readonly line: Line; readonly turn: Turn };
  readonly controller: AbortController;
  readonly cancelExpiry: () => void;
  acting: Promise<unknown> | null;
}

const faultIn = (answer: ActAnswer) => answer.error;

/** `permits` is the redeeming end: without it no harmful frame leaves. */
export function createTurns<Line>(permits: Pick<PermitAuthority, 'redeem'>, clock: Clock): Turns<Line> {
  const turns = new Map<string, OpenTurn<Line>>();

  const find = (turnId: string): OpenTurn<Line> => {
    const turn = turns.get(turnId);
    if (turn !== undefined) return turn;
    throw new AgentError('closed', 'This turn at the device is over: it was closed, or took too long.', {
      hint: 'Ask again; nothing was sent.',
      details: { turn: turnId },
    });
  };

  const end = async (turnId: string, reason: AgentError): Promise<void> => {
    const turn = turns.get(turnId);
    if (turn === undefined) return;
    turns.delete(turnId);
    turn.cancelExpiry();
    turn.controller.abort(reason);
    await turn.acting;
    turn.held.turn.release();
  };

  const act = async (
    turn: OpenTurn<Line>,
    capability: string,
    plan: Plan,
    witness: Witness,
    permit: string,
  ): Promise<ActAnswer> => {
    const { device, held } = turn;
    const tool = device.tools().sideEffect(capability);
    if (!permits.redeem(permit, plan)) {
      throw new AgentError(
        'frame_not_permitted',
        `${device.binding.connectorName} was to do something without a valid permit: ${plan.summary}.`,
        { hint: 'Nothing was sent. A permit is good for one plan, once.' },
      );
    }
    const about = { purpose: 'act', tool: capability, journal_id: journalIdOf(permit) } as const;
    if (plan.timed === undefined) {
      return device
        .work()
        .perform(held.line, { signal: null, leave: plan, faultIn, about }, ({ link, gate }) =>
          runAct(tool, link, gate, plan, witness),
        );
    }
    if (device.hold === undefined)
      throw new AgentError('internal_error', `${capability} is timed, and can't be ended.`);
    const output = device.hold(journalIdOf(permit), plan);
    const leave = { frames: plan.frames, onFirst: output.start };
    let sure = false;
    try {
      const answer = await device
        .work()
        .perform(held.line, { signal: null, leave, faultIn, about }, ({ link, gate }) =>
          runAct(tool, link, gate, plan, witness),
        );
      sure = answer.outcome === 'applied';
      return { ...answer, held: output.isOn() };
    } finally {
      output.begun(sure);
    }
  };

  return {
    async open(device, controller, deadlineMs) {
      const endsAtMs = clock.nowMs() + deadlineMs;
      const held = await device.acquire(controller, false);
      const turnId = `turn_${randomUUID()}`;
      const cancelExpiry = clock.after(Math.max(0, endsAtMs - clock.nowMs()), () => {
        const reason = new AgentError(
          'deadline_exceeded',
          `The turn at ${device.binding.connectorName} took too long.`,
        );
        void end(turnId, reason);
      });
      turns.set(turnId, { device, held, controller: new AbortController(), cancelExpiry, acting: null });
      return { turnId };
    },
    async check(turnId, capability, plan) {
      const { device, held, controller } = find(turnId);
      const tool = device.tools().sideEffect(capability);
      const about = { purpose: 'check', tool: capability } as const;
      return device
        .work()
        .perform(held.line, { signal: controller.signal, about }, ({ link }) => tool.check(link, plan));
    },
    async act(turnId, capability, plan, witness, permit) {
      try {
        const turn = find(turnId);
        const answer = act(turn, capability, plan, witness, permit);
        turn.acting = answer.catch(() => {});
        return await answer;
      } catch (error) {
        // Before the tool was run, so that nothing has left.
        return notSent(AgentError.from(error));
      }
    },
    async resolve(turnId, capability, plan, witness) {
      const { device, held, controller } = find(turnId);
      const tool = device.tools().sideEffect(capability);
      const about = { purpose: 'resolve', tool: capability } as const;
      return device
        .work()
        .perform(held.line, { signal: controller.signal, about }, ({ link }) => tool.resolve(link, plan, witness));
    },
    close: (turnId) => end(turnId, new AgentError('closed', 'The turn was closed.')),
    async closeAll(connectorId, patienceMs) {
      const mine = [...turns].filter(
        ([, turn]) => connectorId === null || turn.device.binding.connectorId === connectorId,
      );
      if (mine.length === 0) return;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(patienceMs, resolve);
      const reason = new AgentError('closed', 'The device was given back.');
      await Promise.race([Promise.all(mine.map(([turnId]) => end(turnId, reason))), late]);
      cancel();
    },
  };
}
