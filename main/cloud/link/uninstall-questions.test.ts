import { expect, it } from 'vitest';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { AgentFrame } from '../../api/link/index.ts';
import { createManualClock } from '../../connectors/testing/manual-clock.ts';
import { createUninstallQuestions } from './uninstall-questions.ts';

function begin() {
  const clock = createManualClock();
  const sent: AgentFrame[] = [];
  const questions = createUninstallQuestions({ send: (frame) => void sent.push(frame), clock });
  const answer = (at: number, error: AgentError | null) => {
    const frame = sent[at];
    if (frame?.type !== 'may_uninstall') throw new Error('no question');
    questions.receive({ type: 'uninstall_answer', id: frame.id, error: error?.serialize() ?? null });
  };
  return { clock, sent, questions, answer };
}
const unreachable = { code: 'agent_unreachable' };

it('ask for each connector by itself, and hear the answer to it', async () => {
  const { sent, questions, answer } = begin();
  const [first, second] = [questions.ask('cn_1'), questions.ask('cn_2')];
  expect(sent).toMatchObject([
    { type: 'may_uninstall', connector_id: 'cn_1' },
    { type: 'may_uninstall', connector_id: 'cn_2' },
  ]);
  const inUse = new AgentError('connector_in_use', 'x is fulfilled only by cn_2.', {
    details: { operators: ['op_1'] },
  });
  answer(1, inUse);
  answer(0, null);
  await expect(first).resolves.toBeUndefined();
  await expect(second).rejects.toMatchObject({ code: 'connector_in_use', details: { operators: ['op_1'] } });
});

it('count no answer, an end of the link and a fault of the hub as out of reach', async () => {
  const { clock, questions, answer } = begin();
  const late = questions.ask('cn_1');
  clock.advance(10_000);
  await expect(late).rejects.toMatchObject(unreachable);
  const faulty = questions.ask('cn_1');
  answer(1, new AgentError('internal_error', 'a fault'));
  await expect(faulty).rejects.toMatchObject(unreachable);
  const cut = questions.ask('cn_1');
  questions.close();
  await expect(cut).rejects.toMatchObject(unreachable);
});
