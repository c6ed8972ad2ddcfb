import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capabilityRows, capabilityTable, everyTool } from './capability-table.ts';

const file = join(import.meta.dirname, '..', '..', 'docs', 'capabilities.md');
const fence = /(<!-- table -->\n)[\s\S]*?(<!-- end -->)/;

describe('docs/capabilities.md', () => {
  it('tells of every tool what it may do, as the drivers say (EDGE_UPDATE_DOCS=1 writes it anew)', () => {
    const text = readFileSync(file, 'utf8');
    if (process.env['EDGE_UPDATE_DOCS'] === '1') {
      writeFileSync(
        file,
        text.replace(fence, (_all, start, end) => `${start}${capabilityTable()}\n${end}`),
      );
    }
    expect(readFileSync(file, 'utf8')).toContain(`<!-- table -->\n${capabilityTable()}\n<!-- end -->`);
  });
});

describe('the hints of every tool', () => {
  const cells = capabilityRows().map((row) => row.split('|').map((cell) => cell.trim()));

  it('say of what moves matter that it may destroy', () => {
    const moving = ['`access.unlock`', '`relay.set`', '`hvac.setpoint`', '`instrument.set`'];
    const found = cells.filter(([, capability = '']) => moving.includes(capability));
    expect(found.length).toBeGreaterThan(0);
    for (const [, , , changes, scope, destructive] of found) {
      expect([changes, scope, destructive]).toEqual(['yes', '`tools:act`', 'yes']);
    }
  });

  it('say of what only reads that it needs no more than reading, and is never destructive', () => {
    for (const [, , , changes, scope, destructive, repeatable] of cells.filter(([, , , is]) => is === 'no')) {
      expect([changes, scope, destructive, repeatable]).toEqual(['no', '`tools:read`', 'no', 'yes']);
    }
  });
});

describe('every side effect', () => {
  it('has a question for the person who is asked whether it happened', () => {
    // An order can't be made up for a connection test, so those tools name none.
    const anOrder = { entity_id: 12 };
    const without = everyTool().flatMap(({ listing, tool }) => {
      if (!tool.sideEffect) return [];
      const { question } = tool.plan(tool.testArguments ?? anOrder);
      return question?.endsWith('?') === true ? [] : [`${listing} ${tool.capability}`];
    });
    expect([...new Set(without)]).toEqual([]);
  });
});
