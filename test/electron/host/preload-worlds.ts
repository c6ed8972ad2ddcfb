import { decodeClone, encodeClone } from './clone-text.ts';

/** The isolated world in which the preload runs, as Electron's "Electron Isolated Context". */
export const WORLD = 'Electron Isolated Context';
/** The binding through which that world speaks to the main process. */
export const BINDING = '__standInSend';
/** The function through which the main process speaks to that world. */
export const RECEIVE = '__standInReceive';

/** A script that sees nothing but its own text and these two functions. */
type Codec = { readonly encode: typeof encodeClone; readonly decode: typeof decodeClone };

/** What runs in the isolated world: a sandboxed preload with `electron/renderer` and nothing else to require. */
function isolatedWorld(codec: Codec, names: { binding: string; receive: string; bus: string }, preload: string | null) {
  if (window !== window.top) return;
  const { encode, decode } = codec;
  const send = Reflect.get(globalThis, names.binding) as (text: string) => void;
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Map<string, ((...args: unknown[]) => void)[]>();
  let last = 0;

  const ipcRenderer = {
    async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
      let text: string;
      try {
        text = encode(args);
      } catch {
        throw new Error('An object could not be cloned.');
      }
      last += 1;
      const answer = Promise.withResolvers<unknown>();
      pending.set(last, answer);
      send(JSON.stringify({ kind: 'invoke', id: last, channel, args: text }));
      return answer.promise;
    },
    send(channel: string, ...args: unknown[]): void {
      send(JSON.stringify({ kind: 'send', channel, args: encode(args) }));
    },
    on(channel: string, listener: (...args: unknown[]) => void) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    removeListener(channel: string, listener: (...args: unknown[]) => void) {
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((known) => known !== listener),
      );
      return ipcRenderer;
    },
  };
  Object.assign(globalThis, {
    [names.receive](text: string): void {
      const message = JSON.parse(text);
      if (message.kind === 'reply') {
        const answer = pending.get(message.id);
        pending.delete(message.id);
        if (message.error === undefined) answer?.resolve(decode(message.value));
        else answer?.reject(new Error(message.error));
      } else {
        const args = decode(message.args) as unknown[];
        for (const listener of listeners.get(message.channel) ?? [])
          listener({ sender: ipcRenderer, ports: [] }, ...args);
      }
    },
  });

  // What is exposed is reached from the page's world by name; functions stay here and are called across.
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  let nextFunction = 0;
  const exposed: string[] = [];
  const across = (value: unknown) =>
    encode(value, (part) => {
      if (typeof part === 'function') {
        nextFunction += 1;
        functions.set(nextFunction, part as (...args: unknown[]) => unknown);
        return { ref: { fn: nextFunction } };
      }
      return undefined;
    });
  const emit = (message: object) =>
    document.dispatchEvent(new CustomEvent(`${names.bus}:page`, { detail: JSON.stringify(message) }));
  const fromPage = (text: string) =>
    decode(text, (ref) => {
      const { fn } = ref as { fn: number };
      return (...args: unknown[]) => emit({ kind: 'callback', fn, args: encode(args) });
    });
  document.addEventListener(`${names.bus}:preload`, (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail);
    if (message.kind === 'hello') {
      for (const text of exposed) emit({ kind: 'expose', text });
      return;
    }
    try {
      const result = functions.get(message.fn)?.(...(fromPage(message.args) as unknown[]));
      if (result instanceof Promise) {
        emit({ kind: 'result', call: message.call, promise: true });
        result.then(
          (value) => emit({ kind: 'settled', call: message.call, value: across(value) }),
          (error: unknown) =>
            emit({
              kind: 'settled',
              call: message.call,
              error: error instanceof Error ? error.message : String(error),
            }),
        );
      } else emit({ kind: 'result', call: message.call, value: across(result) });
    } catch (error) {
      emit({ kind: 'result', call: message.call, error: error instanceof Error ? error.message : String(error) });
    }
  });
  const contextBridge = {
    exposeInMainWorld(key: string, api: unknown): void {
      const text = across([key, api]);
      exposed.push(text);
      emit({ kind: 'expose', text });
    },
  };

  if (preload === null) return;
  const electron = { contextBridge, ipcRenderer };
  const require = (name: string) => {
    if (['electron', 'electron/renderer', 'electron/common'].includes(name)) return electron;
    throw new Error(`module not found: ${name}`);
  };
  try {
    new Function('require', 'process', preload)(require, { type: 'renderer', sandboxed: true, contextIsolated: true });
  } catch (error) {
    send(
      JSON.stringify({
        kind: 'preload-error',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    );
  }
}

/** What runs in the page's own world, before any script of the page: it rebuilds what the preload exposed. */
function pageWorld(codec: Codec, names: { bus: string }) {
  if (window !== window.top) return;
  const { encode, decode } = codec;
  const callbacks = new Map<number, (...args: unknown[]) => unknown>();
  const settled = new Map<number, PromiseWithResolvers<unknown>>();
  let lastCallback = 0;
  let lastCall = 0;
  let result: { call: number; value?: string; error?: string; promise?: boolean } | null = null;
  const emit = (message: object) =>
    document.dispatchEvent(new CustomEvent(`${names.bus}:preload`, { detail: JSON.stringify(message) }));
  const fromPreload = (text: string): unknown =>
    decode(text, (ref) => {
      const { fn } = ref as { fn: number };
      return (...args: unknown[]) => {
        lastCall += 1;
        const call = lastCall;
        const text = encode(args, (part) => {
          if (typeof part !== 'function') return undefined;
          lastCallback += 1;
          callbacks.set(lastCallback, part as (...args: unknown[]) => unknown);
          return { ref: { fn: lastCallback } };
        });
        result = null;
        emit({ kind: 'call', call, fn, args: text });
        const answer = result as { value?: string; error?: string; promise?: boolean } | null;
        if (answer === null) throw new Error('The preload is gone.');
        if (answer.error !== undefined) throw new Error(answer.error);
        if (answer.promise !== true) return fromPreload(answer.value ?? '');
        const later = Promise.withResolvers<unknown>();
        settled.set(call, later);
        return later.promise;
      };
    });
  document.addEventListener(`${names.bus}:page`, (event) => {
    const message = JSON.parse((event as CustomEvent<string>).detail);
    if (message.kind === 'expose') {
      const [key, api] = fromPreload(message.text) as [string, unknown];
      if (Object.hasOwn(window, key)) return;
      const freeze = (value: unknown): unknown => {
        if (typeof value === 'object' && value !== null)
          for (const part of Object.values(Object.freeze(value))) freeze(part);
        return value;
      };
      Object.defineProperty(window, key, { value: freeze(api), enumerable: true });
    } else if (message.kind === 'callback') callbacks.get(message.fn)?.(...(decode(message.args) as unknown[]));
    else if (message.kind === 'result') result = message;
    else {
      const later = settled.get(message.call);
      settled.delete(message.call);
      if (message.error === undefined) later?.resolve(fromPreload(message.value));
      else later?.reject(new Error(message.error));
    }
  });
  emit({ kind: 'hello' });
}

const codec = `{ encode: ${encodeClone}, decode: ${decodeClone} }`;

/** The two scripts of a window: for the isolated world, and for the page's own. `bus` keeps their talk apart from the page's events. */
export function worldScripts(
  preload: string | null,
  bus: string,
): { readonly isolated: string; readonly page: string } {
  return {
    isolated: `(${isolatedWorld})(${codec}, ${JSON.stringify({ binding: BINDING, receive: RECEIVE, bus })}, ${JSON.stringify(preload)})`,
    page: `(${pageWorld})(${codec}, ${JSON.stringify({ bus })})`,
  };
}
