import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleConnector } from '../testing/sample-objects.ts';
import { serverJson } from './server-json.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'server.schema.json'), 'utf8'));
const validate = new AjvJsonSchemaValidator().getValidator(schema);

describe('server.json of a connector', () => {
  it('is valid by the registry’s schema, whatever the connector is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 255 }), (name) => {
        const made = serverJson({ ...sampleConnector, name }, '0.1.0');
        expect(validate(made)).toMatchObject({ valid: true });
      }),
    );
  });

  it('names the connector, where it is reached and that a secret is needed, and holds none', () => {
    expect(serverJson(sampleConnector, '0.1.0')).toMatchObject({
      name: 'io.fibric.edge/gate',
      version: '0.1.0',
      remotes: [
        {
          url: '{base_url}/mcp/cn_1',
          headers: [{ name: 'Authorization', isSecret: true, value: 'Bearer {token}' }],
        },
      ],
    });
  });

  it('is judged by a schema that refuses what is wrong', () => {
    const made = serverJson(sampleConnector, '0.1.0');
    expect(validate({ ...made, name: 'no-slash' }).valid).toBe(false);
    expect(validate({ ...made, description: 'x'.repeat(101) }).valid).toBe(false);
    expect(validate({ ...made, remotes: [{ type: 'streamable-http', url: '/mcp' }] }).valid).toBe(false);
  });
});
