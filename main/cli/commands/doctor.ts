import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { DoctorReport } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';

const marks = { ok: 'ok       ', attention: 'attention', error: 'ERROR    ' } as const;

/** `doctor`: what stands in the way on this machine. */
export const addDoctor: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'doctor',
    summary: 'find out what stands in the way on this machine, and what would mend it',
    examples: ['fibric-edge doctor'],
    async run({ client, json, print, printJson }) {
      const { report, code } = await examine(client);
      if (json) printJson(report);
      else {
        for (const { result, title, message, hint, command } of report.checks) {
          print(`${marks[result]}  ${title}: ${message}`);
          if (hint !== null) print(`           ${hint}`);
          if (command !== null) print(`           $ ${command}`);
        }
      }
      return code;
    },
  });
};

/** The agent's own report; when it does not answer, that is the report. */
async function examine(client: ApiClient) {
  try {
    const report: DoctorReport = await client.runDoctor();
    const failed = report.checks.some(({ result }) => result === 'error');
    return { report, code: failed ? exitCodes.failure : exitCodes.ok };
  } catch (error) {
    if (!AgentError.is(error, 'agent_unreachable')) throw error;
    const check = {
      id: 'agent',
      title: 'The agent',
      result: 'error',
      message: error.message,
      hint: error.hint ?? null,
    } as const;
    const report: DoctorReport = { object: 'doctor_report', checks: [{ ...check, command: 'fibric-edge run' }] };
    return { report, code: exitCodeOf(error.code) };
  }
}
