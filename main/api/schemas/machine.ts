import { z } from 'zod';
import { type DeepReadonly, jsonObjectSchema, timestampSchema } from './common.ts';

/** The state of the agent as a whole. */
export const agentHealthSchema = z
  .object({
    object: z.literal('health'),
    status: z.enum(['ok', 'attention']).describe('attention: something here needs a person'),
    version: z.string(),
    started_at: timestampSchema,
    paused: z.boolean(),
    connectors: z.object({ total: z.int(), connected: z.int(), error: z.int() }),
    devices: z.object({ present: z.int() }),
    vault: z.object({
      provider: z.string(),
      description: z.string(),
      available: z.boolean(),
      hint: z.string().nullable(),
    }),
    approvals: z.object({ waiting: z.int().describe('Side effects that wait for a person') }),
    journal: z.object({ epoch: z.string(), acknowledged: z.boolean(), unresolved: z.int() }),
    storage: z
      .object({ available: z.boolean(), hint: z.string().nullable() })
      .describe('Whether what happens can be stored; while it can not, side effects are refused'),
  })
  .meta({ id: 'Health' });
/** The state of the agent as a whole. */
export type AgentHealth = DeepReadonly<z.output<typeof agentHealthSchema>>;

/** What an agent was started with, as far as people ask for it; it is set in the configuration file. */
export const settingsSchema = z
  .object({
    object: z.literal('settings'),
    configuration_file: z.string().nullable().describe('Read at start; null: started without one, with the defaults'),
    data_folder: z.string(),
    command: z
      .object({
        program: z.string(),
        arguments: z.array(z.string()).describe('Before the words of a command'),
        data: z.array(z.string()).describe('After them, so that they mean this agent; empty where they do anyway'),
      })
      .nullable()
      .describe('How the command line that this agent came with is called; null: it came without one'),
    retention: z.object({
      readings: z
        .object({ keep: z.int(), keep_hours: z.int() })
        .describe('Past readings of each connector and tool; `keep` 0 keeps none'),
      streams: z
        .object({ keep: z.int(), keep_hours: z.int(), keep_personal_hours: z.int() })
        .describe('What each device sent by itself'),
      journal: z.object({ keep_days: z.int() }).describe('Rows of settled side effects; not a setting'),
    }),
    approvals: z.object({ countdown_s: z.int() }),
    ports: z.object({ max_ports: z.int(), discover: z.boolean() }),
  })
  .meta({ id: 'Settings' });
/** What an agent was started with. */
export type SettingsObject = DeepReadonly<z.output<typeof settingsSchema>>;

/** What the doctor looked at, and what it would do. */
export const doctorReportSchema = z
  .object({
    object: z.literal('doctor_report'),
    checks: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        result: z.enum(['ok', 'attention', 'error']),
        message: z.string(),
        hint: z.string().nullable(),
        command: z.string().nullable().describe('What a person may run to mend it'),
      }),
    ),
  })
  .meta({ id: 'DoctorReport' });
/** What the doctor looked at. */
export type DoctorReport = DeepReadonly<z.output<typeof doctorReportSchema>>;

/** One line of the log. */
export const logLineSchema = z
  .object({
    object: z.literal('log_line'),
    at: timestampSchema,
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    fields: jsonObjectSchema,
  })
  .meta({ id: 'LogLine' });
/** One line of the log. */
export type LogLine = DeepReadonly<z.output<typeof logLineSchema>>;

const integerText = (schema: z.ZodType<number>) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value),
    schema,
  );
/** Which lines of the log: the last `limit` ones, oldest of them first. */
export const logsQuerySchema = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).optional().describe('This level and above'),
  limit: integerText(z.int().min(1).max(1000)).default(100),
});
/** Which lines of the log. */
export type LogsQuery = DeepReadonly<z.output<typeof logsQuerySchema>>;

/** Whether all side effects are stopped. */
export const pauseSchema = z.object({ object: z.literal('pause'), paused: z.boolean() }).meta({ id: 'Pause' });
/** Whether to stop all side effects. */
export const pauseBodySchema = z.strictObject({ paused: z.boolean() });

/** A page on this machine that signs a browser in, once, for 30 seconds. */
export const windowTicketSchema = z
  .object({
    object: z.literal('window_ticket'),
    page_path: z.string().describe('A file only this user may read; to be opened in a browser'),
    expires_at: timestampSchema,
  })
  .meta({ id: 'WindowTicket' });
/** A page that signs a browser in. */
export type WindowTicket = DeepReadonly<z.output<typeof windowTicketSchema>>;

/** A form that signs a window in, once, within 30 seconds. */
export const windowFormSchema = z
  .object({
    object: z.literal('window_form'),
    action: z.string().describe('Where the window posts it to, by itself: on loopback'),
    ticket: z.string().describe('The one field of the form; good once'),
    expires_at: timestampSchema,
  })
  .meta({ id: 'WindowForm' });
/** A form that signs a window in. */
export type WindowForm = DeepReadonly<z.output<typeof windowFormSchema>>;

/** Which install rules to run again. */
export const applyRulesBodySchema = z.strictObject({
  again: z.string().min(1).max(255).optional().describe('A rule that is to fire again for devices it fired for before'),
});
