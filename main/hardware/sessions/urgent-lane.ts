/** Lets what can not wait go before everything else on a wire that carries one exchange at a time. */
export interface UrgentLane {
  /** Runs at once, or when the exchange on its way is over; several in their order. */
  run<T>(exchange: () => Promise<T>): Promise<T>;
  /** Runs when nothing urgent is waiting or on its way. The caller sees to it that there is one at a time. */
  giveWay<T>(exchange: () => Promise<T>): Promise<T>;
}

export function createUrgentLane(): UrgentLane {
  let ordinary: Promise<unknown> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const settled = async (work: Promise<unknown>) => {
    await work.catch(() => {});
  };

  return {
    run(exchange) {
      waiting += 1;
      const before = Promise.all([settled(last), ordinary === null ? null : settled(ordinary)]);
      // With nothing on its way it begins in this very turn, so that nobody gets in between.
      const idle = waiting === 1 && ordinary === null;
      const result = (idle ? exchange() : before.then(exchange)).finally(() => {
        waiting -= 1;
      });
      last = result;
      return result;
    },
    async giveWay(exchange) {
      while (waiting > 0) await settled(last);
      const running = exchange();
      ordinary = running;
      try {
        return await running;
      } finally {
        ordinary = null;
      }
    },
  };
}
