import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../drivers/kit/index.ts';

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** What an agent that the shell started tells it (main/agent/forked.ts). */
export const agentMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string(), dataDir: z.string() }),
  z.object({
    type: z.literal('failed'),
    code: z.string().transform((code): ErrorCode => (isCode(code) ? code : 'internal_error')),
    message: z.string(),
    hint: z.string().nullable(),
  }),
  /** Everything is closed; the process ends by itself, or may be ended. */
  z.object({ type: z.literal('stopped') }),
]);
/** What an agent that the shell started tells it. */
export type AgentMessage = z.output<typeof agentMessageSchema>;
