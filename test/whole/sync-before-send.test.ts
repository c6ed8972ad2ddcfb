import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { connectMcp, makeToken } from './support/mcp.ts';

const hasStrace = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'strace')));

/** FC05, switch relay 5 on: the bytes as strace prints them (`\1\5\0\4\377\0` then the CRC). */
const harmfulWrite = /write\(\d+, "\\1\\5\\0\\4\\377\\0/;

describe.skipIf(!hasStrace)(
  hasStrace
    ? 'the order of sync and send, seen by the kernel'
    : 'the order of sync and send (skipped: strace is not installed)',
  () => {
    const dataDir = makeDataDir();
    let agent: AgentProcess | undefined;

    afterAll(async () => {
      await agent?.stop();
      removeDataDir(dataDir);
    });

    it('has the journal synced to disk before the first harmful byte goes to the port', async () => {
      const trace = join(dataDir, '..', 'strace.txt');
      agent = await startAgent({
        dataDir,
        demo: true,
        wrap: ['strace', '-f', '-tt', '-y', '-s', '16', '-e', 'trace=fsync,fdatasync,write,pwrite64', '-o', trace],
      });
      const token = await makeToken(agent);
      const { data } = (await agent.api.request('GET', '/v1/connectors')) as { data: { id: string; name: string }[] };
      const relays = data.find((item) => item.name === 'relay-board');
      const client = await connectMcp(agent, relays?.id ?? '', token);
      const told = await client.callTool({ name: 'relay_set', arguments: { relay: 5, on: true } });
      expect(told.structuredContent).toMatchObject({ outcome: 'applied' });
      await client.close();
      await agent.stop();
      agent = undefined;

      const lines = readFileSync(trace, 'utf8').split('\n');
      const sent = lines.findIndex(
        (line) => /write\(\d+<[^>]*>, "\\1\\5\\0\\4\\377\\0/.test(line) || harmfulWrite.test(line),
      );
      expect(sent).toBeGreaterThan(0);
      const before = lines.slice(0, sent);
      // The row's own write to the write-ahead log, then the sync of that file returning 0, then the port.
      const logged = before.findLastIndex(
        (line) => line.includes('journal.db-wal') && /\b(write|pwrite64)\(/.test(line),
      );
      const synced = before.findLastIndex(
        (line) => line.includes('journal.db-wal') && /\bf(data)?sync\(/.test(line) && !line.includes('unfinished'),
      );
      const syncReturned = synced >= 0 && / = 0$/.test(before[synced]?.trimEnd() ?? '');
      const resumed = before.findLastIndex((line) => /<\.\.\. f(data)?sync resumed>.* = 0$/.test(line.trimEnd()));
      expect(syncReturned || resumed >= 0).toBe(true);
      expect(Math.max(synced, resumed)).toBeGreaterThan(logged);
    });
  },
);
