import { describe, expect, it } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createReadSharing } from './read-sharing.ts';
import { createUnitBackoff } from './unit-backoff.ts';

describe('identical reads', () => {
  it('share one exchange while it is on its way, and no longer', async () => {
    const sharing = createReadSharing<number>();
    let asked = 0;
    const answer = Promise.withResolvers<number>();
    const start = () => {
      asked += 1;
      return answer.promise;
    };
    const { signal } = new AbortController();
    const both = [sharing.share('k', signal, start), sharing.share('k', signal, start)];
    const other = sharing.share('other', signal, start);
    expect(asked).toBe(2);
    answer.resolve(7);
    expect(await Promise.all([...both, other])).toEqual([7, 7, 7]);
    await sharing.share('k', signal, start);
    expect(asked).toBe(3);
  });

  it('lets one caller leave and the others have the answer', async () => {
    const sharing = createReadSharing<number>();
    const answer = Promise.withResolvers<number>();
    let calledOff = false;
    const start = ({ signal }: AbortController) => {
      signal.addEventListener('abort', () => {
        calledOff = true;
      });
      return answer.promise;
    };
    const leaving = new AbortController();
    const first = sharing.share('k', leaving.signal, start);
    const second = sharing.share('k', new AbortController().signal, start);
    leaving.abort(new AgentError('cancelled', 'off'));
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect(calledOff).toBe(false);
    answer.resolve(1);
    expect(await second).toBe(1);
  });

  it('are called off when the last one has left, and who comes then asks anew', async () => {
    const sharing = createReadSharing<number>();
    let asked = 0;
    const start = ({ signal }: AbortController) => {
      asked += 1;
      return new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const only = new AbortController();
    const first = sharing.share('k', only.signal, start);
    only.abort(new AgentError('deadline_exceeded', 'late'));
    await expect(first).rejects.toMatchObject({ code: 'deadline_exceeded' });
    sharing.share('k', new AbortController().signal, start).catch(() => {});
    expect(asked).toBe(2);
  });

  it('all fail when the one exchange fails', async () => {
    const sharing = createReadSharing<number>();
    const { signal } = new AbortController();
    const start = () => Promise.reject(new AgentError('no_reply', 'silent'));
    const both = await Promise.allSettled([sharing.share('k', signal, start), sharing.share('k', signal, start)]);
    expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected']);
  });
});

describe('a silent unit', () => {
  it('is left alone for 1, 2, 4 ... 30 s, and asked at once after it answered', async () => {
    const clock = createManualClock();
    const backoff = createUnitBackoff(clock);
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      backoff.silent();
      waits.push(backoff.waitMs());
      await clock.advance(backoff.waitMs());
      expect(backoff.waitMs()).toBe(0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    backoff.silent();
    backoff.answered();
    expect(backoff.waitMs()).toBe(0);
    backoff.silent();
    expect(backoff.waitMs()).toBe(1_000);
  });
});
