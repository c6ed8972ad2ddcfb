import { AgentError } from '../agent-error.ts';
import { decodeHttpRequest, encodeHttpResponse } from '../http.ts';
import type { Link } from '../link.ts';
import type { Source } from '../source.ts';
import type { Plan } from '../tools.ts';

/**
 * Joins a source's driver and a server on loopback, with the same gate as the real transport: harmless requests pass, and
 * those of `permit`, each once. For tests of drivers; address rules, limits and credentials' care are the transport's.
 */
export function createHttpLink(
  source: Pick<Source, 'isHarmless'>,
  origin: string,
  authorization: string,
  permit: Plan | null = null,
): Link {
  const permitted = (permit?.frames ?? []).map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
  return {
    async exchange(request) {
      if (!source.isHarmless(request.bytes)) {
        const at = permitted.indexOf(Buffer.from(request.bytes).toString('latin1'));
        if (at < 0) throw new AgentError('frame_not_permitted', request.label);
        permitted.splice(at, 1);
      }
      const decoded = decodeHttpRequest(request.bytes);
      if (decoded === null) throw new TypeError(`no HTTP request: ${request.label}`);
      const { method, target, body } = decoded;
      let answer: Response;
      let bytes: Uint8Array;
      try {
        answer = await fetch(`${origin}${target}`, { method, body, headers: { authorization }, redirect: 'manual' });
        bytes = new Uint8Array(await answer.arrayBuffer());
      } catch (error) {
        throw new AgentError('source_unreachable', request.label, { cause: error });
      }
      const headers = Object.fromEntries(answer.headers);
      const progress = request.match(encodeHttpResponse({ status: answer.status, headers, body: bytes }));
      if (progress.kind === 'reply') return progress.value;
      throw new AgentError('bad_reply', request.label, { details: { ...progress } });
    },
    pause: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    portStatus: () => Promise.reject(new AgentError('not_supported', 'A source is no printer.')),
    now: () => new Date().toISOString(),
  };
}
