/** Runs what it is given one after the other. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes an open one. */
export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
