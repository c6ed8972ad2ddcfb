import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from './agent-error.ts';
import { type ErrorCode, errorCodes } from './error-codes.table.ts';

const codes = fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[]));

describe('AgentError', () => {
  it('survives a structured clone of its plain form', () => {
    const options = fc.record(
      {
        hint: fc.string(),
        details: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(codes, fc.string(), options, (code, message, given) => {
        const error = new AgentError(code, message, given);
        const copy = AgentError.deserialize(structuredClone(error.serialize()));
        expect(copy).toBeInstanceOf(AgentError);
        expect({ code: copy.code, message: copy.message, hint: copy.hint, details: copy.details }).toEqual({
          code,
          message,
          hint: given.hint,
          details: given.details ?? {},
        });
        expect(copy.retryable).toBe(errorCodes[code].retryable);
      }),
    );
  });

  it('leaves the cause behind when it is serialised: it may hold anything', () => {
    const error = new AgentError('no_reply', 'No answer.', { cause: new Error('secret') });
    expect(JSON.stringify(error.serialize())).not.toContain('secret');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('takes its own errors as they are and wraps all else as an internal fault', () => {
    const ours = new AgentError('port_busy', 'Busy.');
    expect(AgentError.from(ours)).toBe(ours);
    const cause = new TypeError('x is undefined');
    const wrapped = AgentError.from(cause);
    expect(wrapped).toMatchObject({ code: 'internal_error', cause });
    expect(AgentError.from('text').message).toContain('text');
  });

  it('tells its codes apart', () => {
    const error: unknown = new AgentError('no_reply', 'No answer.');
    expect(AgentError.is(error)).toBe(true);
    expect(AgentError.is(error, 'bad_reply', 'no_reply')).toBe(true);
    expect(AgentError.is(error, 'bad_reply')).toBe(false);
    expect(AgentError.is(new Error('no_reply'), 'no_reply')).toBe(false);
  });

  it('has codes in lower_snake_case only', () => {
    for (const code of Object.keys(errorCodes)) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });
});
