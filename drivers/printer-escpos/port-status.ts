import { AgentError, type PrinterPortStatus } from '../kit/index.ts';

/** What the port of a printer class interface says keeps it from printing, worst first; empty when it says nothing. */
export function portProblemsOf({ paperEmpty, selected, error }: PrinterPortStatus): readonly string[] {
  const found: readonly (readonly [boolean, string])[] = [
    [paperEmpty, 'its paper is out'],
    [error, 'it reports an error'],
    [!selected, 'it is offline'],
  ];
  return found.flatMap(([holds, problem]) => (holds ? [problem] : []));
}

/** Throws `device_not_ready`, saying what the port says, unless it says that it could print now. */
export function requirePortReady(status: PrinterPortStatus, what: string): void {
  const problems = portProblemsOf(status);
  if (problems.length === 0) return;
  const hint = status.paperEmpty
    ? 'Put in a new roll and close the cover.'
    : 'Look at the printer: paper, cover, switch.';
  throw new AgentError('device_not_ready', `The printer can't ${what} now: ${problems.join(', ')}.`, {
    hint: `${hint} Nothing was sent. If it always says so, set port_status to false.`,
    details: { expected: 'selected, with paper, no error', seen: problems.join(', '), told_by: 'port' },
  });
}
