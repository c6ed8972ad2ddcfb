import { describe, expect, it } from 'vitest';
import { withoutPrefills } from './without-prefills.ts';

describe('the document for trying', () => {
  it('loses the examples of what may be left out, and nothing else', () => {
    const examples = { one: { value: 'x' } };
    const id = { name: 'id', in: 'path', required: true, examples };
    const key = { name: 'Idempotency-Key', in: 'header', required: false };
    const body = { content: { 'application/json': { examples } } };
    const document = { paths: { '/a': { get: { parameters: [id, { ...key, examples }], requestBody: body } } } };
    expect(withoutPrefills(document)).toEqual({
      paths: { '/a': { get: { parameters: [id, key], requestBody: body } } },
    });
  });
});
