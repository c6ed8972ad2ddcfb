import type { Database, Store } from '../../store/index.ts';

/** A disk that an agent loses at some moment: from then on its writes neither happen nor answer. */
export function createLosableDisk() {
  let current = { writesLeft: Number.POSITIVE_INFINITY, lost: Promise.withResolvers<void>() };
  return {
    /** The next agent's view of the disk, whole again. */
    wrap(store: Store): Store {
      const own = { writesLeft: Number.POSITIVE_INFINITY, lost: Promise.withResolvers<void>() };
      current = own;
      const database = (inner: Database): Database => ({
        read: inner.read,
        write(statements) {
          own.writesLeft -= 1;
          if (own.writesLeft >= 0) return inner.write(statements);
          own.lost.resolve();
          return new Promise(() => {});
        },
      });
      return {
        journal: database(store.journal),
        state: database(store.state),
        fault: () => store.fault(),
        close: () => store.close(),
      };
    },
    /** Resolves once a write was lost. */
    loseAfter(writes: number): Promise<void> {
      current.writesLeft = writes;
      return current.lost.promise;
    },
  };
}
