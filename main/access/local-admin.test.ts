import { expect, it } from 'vitest';
import { scopes } from '../api/index.ts';
import { localAdmin } from './local-admin.ts';

it('the local socket has every scope, at this machine, without limits', () => {
  const principal = localAdmin();
  expect([...principal.scopes]).toEqual([...scopes]);
  expect(principal).toMatchObject({
    id: 'local-admin',
    kind: 'local-admin',
    local: true,
    connectors: null,
    tools: null,
  });
});
