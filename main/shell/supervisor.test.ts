import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { type ApiClient, createApiClient } from '../api/client.ts';
import type { AgentMessage } from './agent-messages.ts';
import type { AgentFacts, AgentState } from './agent-state.ts';
import type { FoundAgent } from './find-agent.ts';
import type { Incident } from './incidents.ts';
import { type AgentChild, createSupervisor, type Supervisor } from './supervisor.ts';
import { facts } from './testing/facts.ts';
import { createManualClock } from './testing/manual-clock.ts';

type First = Extract<AgentMessage, { type: 'ready' | 'failed' }>;
interface Child extends AgentChild {
  readonly first: PromiseWithResolvers<First>;
  readonly exit: PromiseWithResolvers<number | null>;
  killed: boolean;
  stopped: boolean;
}

const supervisors: Supervisor[] = [];
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
});

function bench(found: () => FoundAgent = () => ({ kind: 'none' })) {
  const clock = createManualClock();
  const states: AgentState[] = [];
  const incidents: Pick<Incident, 'kind' | 'message'>[] = [];
  const children: Child[] = [];
  const watches: { tell: (facts: AgentFacts) => void; end: (error: AgentError) => void }[] = [];
  const supervisor = createSupervisor({
    clock,
    incidents: { file: '', read: () => [], record: ({ kind, message }) => incidents.push({ kind, message }) },
    find: async () => found(),
    fork() {
      const first = Promise.withResolvers<First>();
      const exit = Promise.withResolvers<number | null>();
      first.promise.catch(() => {});
      const child: Child = {
        pid: 100 + children.length,
        first,
        exit,
        started: first.promise,
        ended: exit.promise,
        killed: false,
        stopped: false,
        lastLines: () => ['last words'],
        async stop() {
          child.stopped = true;
          first.reject(new AgentError('agent_unreachable', 'It ended.'));
          exit.resolve(0);
        },
        kill() {
          child.killed = true;
          exit.resolve(9);
        },
      };
      children.push(child);
      return child;
    },
    connect: () => createApiClient({ socketPath: '/nowhere' }),
    watch: (_api, signal, tell) => {
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(new AgentError('cancelled', 'stopped')));
      watches.push({ tell, end: reject });
      return promise;
    },
    onState: (state) => states.push(state),
  });
  supervisors.push(supervisor);
  void supervisor.run();
  /** Until `reached` holds; what is pending between two turns is promises only. */
  const until = async (reached: () => boolean) => {
    for (let turns = 0; turns < 200 && !reached(); turns += 1) await turn();
    expect(reached()).toBe(true);
  };
  return { clock, states, incidents, children, watches, supervisor, until, last: () => states.at(-1) };
}

const running = (api: ApiClient = createApiClient({ socketPath: '/nowhere' })): FoundAgent => ({
  kind: 'running',
  api,
  place: { socketPath: '/nowhere', isService: true },
  owner: 'system',
});

describe('the supervisor', () => {
  it('attaches to an agent that runs, and starts none', async () => {
    const { children, watches, until, last, supervisor } = bench(running);
    await until(() => watches.length === 1);
    watches[0]?.tell(facts());
    expect(last()).toMatchObject({ phase: 'running', owner: 'system' });
    supervisor.restart();
    await turn();
    expect(children).toEqual([]);
  });

  it('starts one where none is, and says when it answers', async () => {
    const { children, watches, until, last } = bench();
    await until(() => children.length === 1);
    expect(last()).toMatchObject({ phase: 'starting', owner: 'shell' });
    children[0]?.first.resolve({ type: 'ready', url: 'http://127.0.0.1:1', dataDir: '/d' });
    await until(() => watches.length === 1);
    watches[0]?.tell(facts());
    expect(last()).toMatchObject({ phase: 'running', owner: 'shell' });
  });

  it('starts no second agent beside a service that is silent', async () => {
    const { children, until, last } = bench(() => ({
      kind: 'service-silent',
      error: new AgentError('agent_unreachable', 'This user may not talk to the agent.', { hint: 'Join the group.' }),
    }));
    await until(() => last()?.phase === 'stopped');
    expect(last()).toMatchObject({
      trouble: { message: 'This user may not talk to the agent.', hint: 'Join the group.' },
    });
    expect(children).toEqual([]);
  });

  it("passes on the agent's own words when it will not start, and tries again ever less often, at most once a minute", async () => {
    const { children, clock, until, last, incidents } = bench();
    const waits: number[] = [];
    for (let tries = 1; tries <= 9; tries += 1) {
      await until(() => children.length === tries);
      children
        .at(-1)
        ?.first.resolve({ type: 'failed', code: 'invalid_configuration', message: 'line 3: no', hint: 'Mend it.' });
      await until(() => last()?.phase === 'stopped');
      expect(last()).toMatchObject({
        tries,
        trouble: { code: 'invalid_configuration', message: 'line 3: no', hint: 'Mend it.' },
      });
      const waitMs = clock.nextMs() ?? 0;
      waits.push(waitMs);
      clock.advance(waitMs);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(incidents.map(({ kind }) => kind)).toEqual(Array(9).fill('agent-would-not-start'));
  });

  it('tries at once when a person asks', async () => {
    const { children, until, last, supervisor } = bench();
    await until(() => children.length === 1);
    children[0]?.first.reject(new AgentError('agent_unreachable', 'It ended.'));
    await until(() => last()?.phase === 'stopped');
    expect(last()).toMatchObject({ trouble: { lastLines: ['last words'] } });
    supervisor.retry();
    await until(() => children.length === 2);
  });

  it('writes down an agent that dies and starts it again', async () => {
    const { children, clock, watches, until, last, incidents } = bench();
    await until(() => children.length === 1);
    children[0]?.first.resolve({ type: 'ready', url: '', dataDir: '' });
    await until(() => watches.length === 1);
    children[0]?.exit.resolve(139);
    await until(() => last()?.phase === 'stopped');
    expect(last()).toMatchObject({ trouble: { message: 'The agent ended by itself (exit code 139).' } });
    expect(incidents.map(({ kind }) => kind)).toEqual(['agent-ended']);
    clock.advance(1_000);
    await until(() => children.length === 2);
  });

  it('counts the end of an agent that had lasted as a first failure', async () => {
    const { children, clock, watches, until, last } = bench();
    for (const [index, lastedMs] of [0, 0, 61_000].entries()) {
      await until(() => children.length === index + 1);
      children[index]?.first.resolve({ type: 'ready', url: '', dataDir: '' });
      await until(() => watches.length === index + 1);
      clock.advance(lastedMs);
      children[index]?.exit.resolve(1);
      await until(() => last()?.phase === 'stopped');
      expect(last()).toMatchObject({ tries: lastedMs > 0 ? 1 : index + 1 });
      clock.advance(clock.nextMs() ?? 0);
    }
  });

  it('ends an agent of its own that answers nothing any more, and writes that down', async () => {
    const { children, clock, watches, until, incidents } = bench();
    await until(() => children.length === 1);
    children[0]?.first.resolve({ type: 'ready', url: '', dataDir: '' });
    await until(() => watches.length === 1);
    watches[0]?.end(new AgentError('deadline_exceeded', 'No answer for 60 s.'));
    await until(() => clock.nextMs() === 2_000);
    clock.advance(2_000);
    await until(() => children[0]?.killed === true);
    await until(() => incidents.length === 2);
    expect(incidents.map(({ kind }) => kind)).toEqual(['agent-silent', 'agent-ended']);
  });

  it('looks again when an agent of the system goes, and takes over where no service is installed', async () => {
    let there = true;
    const { children, clock, watches, until, last } = bench(() => (there ? running() : { kind: 'none' }));
    await until(() => watches.length === 1);
    watches[0]?.tell(facts());
    clock.advance(5_000);
    there = false;
    watches[0]?.end(new AgentError('agent_unreachable', 'The agent has ended.'));
    await until(() => children.length === 1);
    expect(last()).toMatchObject({ phase: 'starting', owner: 'shell' });
  });

  it('ends its own agent when it stops, and tells nothing after that', async () => {
    const { children, watches, until, states, supervisor } = bench();
    await until(() => children.length === 1);
    children[0]?.first.resolve({ type: 'ready', url: '', dataDir: '' });
    await until(() => watches.length === 1);
    const told = states.length;
    await supervisor.stop();
    expect(children[0]).toMatchObject({ stopped: true, killed: false });
    expect(states).toHaveLength(told);
    expect(children).toHaveLength(1);
  });
});
