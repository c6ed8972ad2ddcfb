import { AgentError } from '../kit/index.ts';

/** What was asked for can't be printed. Nothing was sent. */
export function unusable(problem: string, hint: string): AgentError {
  return new AgentError('invalid_arguments', `The receipt can't be printed: ${problem}.`, {
    hint: `${hint} Nothing was sent.`,
    details: { tool: 'receipt.print', problems: [problem] },
  });
}
