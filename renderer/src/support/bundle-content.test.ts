import { describe, expect, it } from 'vitest';
import { redact } from './bundle-content.ts';

describe('a support bundle', () => {
  it('has no secrets, whatever they are called and wherever they stand', () => {
    const text = JSON.stringify(
      redact({
        config: { base_url: 'https://anna:hunter2@shop.example/', api_key: 'mg_secret41', password: 'hunter2' },
        logs: [
          {
            message: 'sent Authorization: Bearer abc.def',
            fields: { token: 'fe_0123456789abcdefghij', access_token: 'hunter2' },
          },
          { message: 'token fe_0123456789abcdefghij was refused' },
        ],
      }),
    );
    for (const secret of ['hunter2', 'mg_secret41', 'abc.def', 'fe_0123456789']) expect(text).not.toContain(secret);
    expect(text).toContain('shop.example');
    expect(text).toContain('was refused');
  });

  it('has nothing of what was scanned, read or printed', () => {
    const text = JSON.stringify(
      redact({
        fields: { arguments: { content: 'Receipt of Ms Smith' }, tool: 'receipt.print', entity_key: 'order-7' },
      }),
    );
    expect(text).not.toContain('Smith');
    expect(text).not.toContain('order-7');
    expect(text).toContain('receipt.print');
  });

  it('keeps the rest as it is', () => {
    const health = { paused: false, connectors: { total: 6 }, journal: { epoch: 'ep_1', unresolved: 0 }, hint: null };
    expect(redact(health)).toEqual(health);
  });
});
