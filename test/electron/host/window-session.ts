import { EventEmitter } from 'node:events';

type Decide = (answer: { cancel?: boolean }) => void;
type RequestDetails = { url: string; method: string; resourceType: string; webContentsId: number };
type DoneDetails = RequestDetails & { statusCode: number };
type RequestHandler = (details: RequestDetails, decide: Decide) => void;

const patternOf = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

/** A session: handlers that the windows ask. */
export class HostSession extends EventEmitter {
  permissionRequest:
    | ((
        contents: unknown,
        permission: string,
        decide: (allowed: boolean) => void,
        details: { requestingUrl: string; isMainFrame: boolean },
      ) => void)
    | null = null;
  permissionCheck: ((contents: unknown, permission: string, origin: string, details: object) => boolean) | null = null;
  beforeRequest: RequestHandler | null = null;
  completed: { readonly patterns: readonly RegExp[]; readonly listener: (details: DoneDetails) => void } | null = null;

  readonly webRequest = {
    onBeforeRequest: (handler: RequestHandler | null): void => {
      this.beforeRequest = handler;
    },
    onCompleted: (filter: { urls: string[] }, listener: (details: DoneDetails) => void): void => {
      const patterns = filter.urls.map((url) => {
        const [, origin = '', path = ''] = /^(https?:\/\/[^/]+)(\/.*)$/.exec(url) ?? [];
        return new RegExp(`${patternOf(origin).source.slice(0, -1)}(?::\\d+)?${patternOf(path).source.slice(1)}`);
      });
      this.completed = { patterns, listener };
    },
  };
  setPermissionRequestHandler(handler: typeof this.permissionRequest): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: typeof this.permissionCheck): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(_handler: unknown): void {
    // There is no device chooser here: nothing would ask it.
  }
  async setProxy(_config: object): Promise<void> {
    // Chromium runs without a proxy.
  }

  /** Whether a request may go on. */
  async admits(details: RequestDetails): Promise<boolean> {
    if (this.beforeRequest === null) return true;
    const answer = Promise.withResolvers<boolean>();
    this.beforeRequest(details, ({ cancel = false }) => answer.resolve(!cancel));
    return answer.promise;
  }
  done(details: DoneDetails): void {
    if (this.completed?.patterns.some((pattern) => pattern.test(details.url)) === true)
      this.completed.listener(details);
  }
  /** What the handlers say to a permission, asked ahead: Chromium's prompt can't be waited for. */
  async permits(contents: unknown, permission: string, requestingUrl: string): Promise<boolean> {
    if (this.permissionRequest === null) return true;
    const answer = Promise.withResolvers<boolean>();
    this.permissionRequest(contents, permission, answer.resolve, { requestingUrl, isMainFrame: true });
    return answer.promise;
  }
}

const sessions = new Map<string, HostSession>();

/** `session` of Electron: one for each partition. */
export const sessionModule = {
  fromPartition(partition: string): HostSession {
    const known = sessions.get(partition) ?? new HostSession();
    sessions.set(partition, known);
    return known;
  },
  get defaultSession(): HostSession {
    return sessionModule.fromPartition('');
  },
};
