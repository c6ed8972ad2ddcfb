/** Hands each event to every listener; the next event only when all have had the one before. */
export interface EventFan<Event> {
  emit(event: Event): void;
  subscribe(listener: (event: Event) => void): () => void;
}

/** A listener that throws is told to `onFault` and harms nobody else. */
export function createEventFan<Event>(onFault: (error: unknown) => void): EventFan<Event> {
  const listeners = new Set<(event: Event) => void>();
  const waiting: Event[] = [];
  let handing = false;
  return {
    emit(event) {
      waiting.push(event);
      if (handing) return;
      handing = true;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        for (const listener of [...listeners]) {
          try {
            listener(next);
          } catch (error) {
            onFault(error);
          }
        }
      }
      handing = false;
    },
    subscribe(listener) {
      // Its own identity, so that one function may subscribe twice.
      const own = (event: Event) => listener(event);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
