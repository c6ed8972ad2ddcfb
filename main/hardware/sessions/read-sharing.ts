/** Lets identical reads that are wanted at the same time share one exchange. */
export interface ReadSharing<Result> {
  /**
   * Joins the read under `key` that is on its way, waiting or asking, or starts one. Each caller leaves when its own signal
   * aborts; the read itself is called off when the last one has left. A joined read may have been asked a moment before.
   */
  share(key: string, signal: AbortSignal, start: (controller: AbortController) => Promise<Result>): Promise<Result>;
}

interface SharedRead<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  callers: number;
}

/** For one device. */
export function createReadSharing<Result>(): ReadSharing<Result> {
  const reads = new Map<string, SharedRead<Result>>();

  const begin = (key: string, start: (controller: AbortController) => Promise<Result>): SharedRead<Result> => {
    const controller = new AbortController();
    const read: SharedRead<Result> = { result: start(controller), controller, callers: 0 };
    reads.set(key, read);
    const forget = () => {
      if (reads.get(key) === read) reads.delete(key);
    };
    read.result.then(forget, forget);
    return read;
  };

  return {
    share(key, signal, start) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const read = reads.get(key) ?? begin(key, start);
      read.callers += 1;
      return new Promise((resolve, reject) => {
        const leave = () => {
          signal.removeEventListener('abort', onAbort);
          read.callers -= 1;
        };
        const onAbort = () => {
          leave();
          if (read.callers === 0) {
            // Whoever comes now needs a read of its own.
            if (reads.get(key) === read) reads.delete(key);
            read.controller.abort(signal.reason);
          }
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort);
        read.result.then(
          (value) => {
            leave();
            resolve(value);
          },
          (error: unknown) => {
            leave();
            reject(error);
          },
        );
      });
    },
  };
}
