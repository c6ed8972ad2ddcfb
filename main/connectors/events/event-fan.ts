import type { Log } from '../log.ts';
import type { ServiceEvent } from './service-event.ts';

/** Waiting events beyond this are dropped, readings first, and told as a `gap`. */
const MAX_WAITING = 1_000;

/** Hands events to every subscriber, in order, after the work that caused them has let go of the thread. */
export interface EventFan {
  emit(event: ServiceEvent): void;
  /** Returns what ends the subscription. A listener that throws is logged and keeps its subscription. */
  subscribe(listener: (event: ServiceEvent) => void): () => void;
  /** Hands out what waits, then forgets every subscriber. */
  close(): void;
}

/** Makes a fan with a bounded queue. */
export function createEventFan(log: Log): EventFan {
  const listeners = new Set<(event: ServiceEvent) => void>();
  let waiting: ServiceEvent[] = [];
  let lost = 0;
  let scheduled = false;

  const drain = () => {
    scheduled = false;
    const events = waiting;
    waiting = [];
    if (lost > 0) events.unshift({ type: 'gap', lost });
    lost = 0;
    for (const event of events) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error({ err: error, event: event.type }, 'A subscriber of the event stream failed');
        }
      }
    }
  };

  return {
    emit(event) {
      if (listeners.size === 0) return;
      if (waiting.length >= MAX_WAITING) {
        const reading = waiting.findIndex((candidate) => candidate.type === 'reading');
        waiting.splice(reading === -1 ? 0 : reading, 1);
        lost += 1;
      }
      waiting.push(event);
      if (scheduled) return;
      scheduled = true;
      setImmediate(drain);
    },
    subscribe(listener) {
      const own = (event: ServiceEvent) => listener(event);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    close() {
      drain();
      listeners.clear();
    },
  };
}
