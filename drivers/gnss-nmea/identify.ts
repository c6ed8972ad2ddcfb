import { AgentError, type Identification, type Link, type WireRequest } from '../kit/index.ts';
import { readReport } from './report.ts';
import { matchSentence, type Sentence } from './sentence.ts';

/** Receivers are listened to for so long before they count as silent. */
const LISTEN_MS = 3_000;

/** Waits for one sentence, and takes nothing away from the stream. */
export const listen: WireRequest<Sentence> = {
  bytes: new Uint8Array(),
  label: 'listening for a sentence',
  replyTimeoutMs: LISTEN_MS,
  match(buffer) {
    let rest = buffer;
    while (rest.length > 0) {
      const progress = matchSentence(rest);
      if (progress.kind === 'incomplete') break;
      if (progress.kind === 'frame') return { kind: 'reply', value: progress.frame, consumed: 0 };
      rest = rest.subarray(progress.consumed);
    }
    return { kind: 'incomplete', discard: buffer.length - rest.length };
  },
};

/** Listens until a sentence comes. Rejects with `no_reply`, or `bad_reply` for one that no satellite receiver sends. */
export async function identify(link: Link): Promise<Identification> {
  const { talker, type } = await link.exchange(listen);
  if (talker === 'P' || readReport({ talker, type, fields: [] }) !== null || talker.startsWith('G')) {
    return { manufacturer: null, model: null, protocolSerial: null, details: { talker, sentence: type } };
  }
  throw new AgentError(
    'bad_reply',
    `It sends NMEA sentences (${talker}${type}), and none of a satellite receiver yet.`,
    {
      hint: 'If it is a multiplexer or another instrument, look whether it passes GGA or RMC on, then install by hand.',
      details: { expected: 'GGA or RMC', seen: `${talker}${type}` },
    },
  );
}
