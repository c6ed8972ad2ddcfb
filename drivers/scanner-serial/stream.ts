import { type DriverContext, defineScanStream, type Stream } from '../kit/index.ts';
import { framingOf } from './framing.ts';
import { isRevisionLine, lateAnswerLength } from './menu.ts';
import { optionsSchema } from './options.ts';

/** What the scanner sends when somebody scans. */
export function scans(context: DriverContext): Stream {
  const options = optionsSchema.parse(context.options);
  const { aim, repeat_ms: repeatMs, make } = options;
  const { match, ...limits } = framingOf(options);
  return defineScanStream({
    aim,
    repeatMs,
    ...limits,
    match(buffer, idle) {
      if (make !== 'honeywell') return match(buffer, idle);
      const late = lateAnswerLength(buffer);
      if (late > 0) return { kind: 'skip', consumed: late };
      const progress = match(buffer, idle);
      if (progress.kind !== 'frame' || !isRevisionLine(progress.frame.data)) return progress;
      return { kind: 'skip', consumed: progress.consumed };
    },
  });
}
