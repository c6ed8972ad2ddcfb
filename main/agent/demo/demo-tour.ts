import { AgentError } from '../../../drivers/kit/index.ts';
import type { Caller, Connector, ConnectorService } from '../../connectors/index.ts';
import type { Agent } from '../start-agent.ts';

/** Tests every simulated connector, telling each tool as it goes. */
export async function testDemo(
  service: ConnectorService,
  caller: Caller,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const connector of oldestFirst(service)) {
    say(`testing ${connector.name} (${connector.listing}, simulated)…`);
    try {
      await service.test(connector.id, null, caller, signal, (result) => {
        const end = result.ok ? 'passed' : `failed: ${result.error?.message ?? 'no reason given'}`;
        say(`  ${result.tool.padEnd(14)} ${result.mode.padEnd(8)} ${end} (${result.latency_ms} ms)`);
      });
    } catch (error) {
      say(`  ${AgentError.from(error).message}`);
    }
  }
}

/** The table of what is there, and what to try next. */
export function describeDemo({ service, url, dataDir }: Agent): string {
  const connectors = oldestFirst(service);
  const rows = connectors.map(({ name, listing, capabilities, status }) => [
    `${name} (simulated)`,
    listing,
    capabilities.join(', '),
    status,
  ]);
  const header = ['CONNECTOR', 'LISTING', 'CAPABILITIES', 'STATUS'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const edge = `npm run -s edge --`;
  const data = `--data ${dataDir}`;
  const first = connectors[0];
  return [
    '',
    line(header),
    ...rows.map(line),
    '',
    `Fibric Edge runs at ${url}. Try, in another terminal:`,
    '',
    `  ${edge} call ${first?.name ?? 'NAME'} weight.read ${data}`,
    `  ${edge} call relay-board relay.set relay=2 on=true ${data}`,
    `  ${edge} call receipt-printer receipt.print content='[{"type":"text","text":"Hello"}]' --preview hello.png ${data}`,
    `  ${edge} call receipt-printer drawer.open ${data}`,
    `  ${edge} call front-door access.unlock duration_ms=2000 ${data}`,
    `  ${edge} watch ${data}`,
    `  ${edge} open ${data}`,
    `  ${edge} tokens create --name me --scopes tools:read,tools:act ${data}`,
    '',
    ...connectors.map(({ id, name }) => `  MCP server of ${name}: ${url}/mcp/${id}`),
    '',
    'Ctrl-C ends it, and the simulated devices with it.',
    '',
  ].join('\n');
}

function oldestFirst(service: ConnectorService): readonly Connector[] {
  return [...service.list()].reverse();
}
