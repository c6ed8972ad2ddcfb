import type { Command } from 'commander';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { ApiClient } from '../../api/client.ts';
import type { ApprovalObject } from '../../api/schemas/index.ts';
import { approvalTable } from '../approval-words.ts';
import type { CommandHost } from '../cli.ts';
import { plain } from '../table.ts';

/** `approvals watch`: what waits, with its countdown, until Ctrl-C. */
export function addApprovalWatch(approvals: Command, host: CommandHost): void {
  host.add(approvals, {
    syntax: 'watch',
    summary: 'show what waits and how long it has, live, until Ctrl-C; one JSON line for each change with --json',
    examples: ['fibric-edge approvals watch', 'fibric-edge approvals watch --json'],
    async run({ client, signal, json, environment, print, printJson }) {
      const waiting = new Map<string, ApprovalObject>();
      const onTerminal = !json && environment.stdout.isTTY === true;
      const draw = () => {
        const rows = [...waiting.values()];
        environment.stdout.write(`\u001b[H\u001b[2J${approvalTable(rows, Date.now())}\n\nCtrl-C ends this.\n`);
      };
      const tell = (approval: ApprovalObject) => {
        if (approval.state === 'waiting') waiting.set(approval.id, approval);
        else waiting.delete(approval.id);
        if (json) printJson(approval);
        else if (!onTerminal) print(lineOf(approval));
      };
      const ticker = onTerminal ? setInterval(draw, 1_000) : undefined;
      try {
        await follow(client, signal, tell);
      } catch (error) {
        if (!AgentError.is(error, 'cancelled')) throw error;
      } finally {
        clearInterval(ticker);
      }
    },
  });
}

/** What waits now, then every change. */
async function follow(client: ApiClient, signal: AbortSignal, tell: (approval: ApprovalObject) => void): Promise<void> {
  const { promise: opened, resolve: onOpen } = Promise.withResolvers<void>();
  const events = client.events({ signal, onOpen });
  const first = events.next();
  // Its failure is met below, where it is awaited.
  first.catch(() => {});
  await Promise.race([opened, first]);
  const tellAll = async () => {
    const { data } = await client.listApprovals({ state: 'waiting', limit: 100 });
    for (const approval of data.toReversed()) tell(approval);
  };
  await tellAll();
  for (let next = await first; next.done !== true; next = await events.next()) {
    if (next.value.type === 'approval') tell(next.value.approval);
    else if (next.value.type === 'gap') await tellAll();
  }
}

function lineOf({
  id,
  requested_at,
  decision,
  connector_name,
  summary,
  tool,
  arguments: args,
  caller_name,
  state,
  expires_at,
}: ApprovalObject): string {
  const what = `${plain(connector_name)}  ${plain(summary)}  ${tool} ${plain(JSON.stringify(args))}`;
  const how = state === 'waiting' ? `asked by ${plain(caller_name)}, until ${expires_at}` : state;
  return `${decision?.at ?? requested_at}  ${id}  ${what}  ${how}`;
}
