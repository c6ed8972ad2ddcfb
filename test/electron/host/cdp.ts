/** What the browser says: an event of one session, or of the browser itself. */
export interface CdpEvent {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly sessionId: string | null;
}

/** One session of the Chrome DevTools Protocol. */
export interface CdpSession {
  readonly id: string | null;
  /** Rejects with the browser's message, and when the connection ends. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  on(method: string, listener: (params: Record<string, unknown>) => void): void;
}

/** A connection to the browser, with all its sessions in one line ("flat" mode). */
export interface CdpConnection extends CdpSession {
  session(id: string): CdpSession;
  readonly closed: Promise<void>;
  close(): void;
}

/** Connects; resolves when the line is open. */
export async function connectCdp(url: string): Promise<CdpConnection> {
  const socket = new WebSocket(url);
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve();
  socket.onerror = () => opened.reject(new Error(`no browser at ${url}`));
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const listeners = new Map<string, ((params: Record<string, unknown>) => void)[]>();
  let last = 0;
  socket.onclose = () => {
    for (const { reject } of waiting.values()) reject(new Error('The browser is gone.'));
    waiting.clear();
    closed.resolve();
  };
  socket.onmessage = ({ data }) => {
    const message: {
      id?: number;
      method?: string;
      params?: Record<string, unknown>;
      result?: Record<string, unknown>;
      error?: { message: string };
      sessionId?: string;
    } = JSON.parse(String(data));
    if (message.id !== undefined) {
      const answer = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error === undefined) answer?.resolve(message.result ?? {});
      else answer?.reject(new Error(message.error.message));
    } else if (message.method !== undefined) {
      for (const listener of listeners.get(`${message.sessionId ?? ''} ${message.method}`) ?? [])
        listener(message.params ?? {});
    }
  };
  await opened.promise;

  const session = (id: string | null): CdpSession => ({
    id,
    send(method, params = {}) {
      last += 1;
      const answer = Promise.withResolvers<Record<string, unknown>>();
      if (socket.readyState !== WebSocket.OPEN) {
        answer.reject(new Error('The browser is gone.'));
        return answer.promise;
      }
      waiting.set(last, answer);
      socket.send(JSON.stringify({ id: last, method, params, ...(id === null ? {} : { sessionId: id }) }));
      return answer.promise;
    },
    on(method, listener) {
      const key = `${id ?? ''} ${method}`;
      listeners.set(key, [...(listeners.get(key) ?? []), listener]);
    },
  });
  return { ...session(null), session, closed: closed.promise, close: () => socket.close() };
}
