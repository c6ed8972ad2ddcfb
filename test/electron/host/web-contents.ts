import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { CdpSession } from './cdp.ts';
import { decodeClone, encodeClone } from './clone-text.ts';
import { type HostState, hostEvent } from './host-state.ts';
import { ipcMain } from './ipc-main.ts';
import { BINDING, RECEIVE, WORLD, worldScripts } from './preload-worlds.ts';
import type { HostSession } from './window-session.ts';

/** A frame as IPC and navigation tell of it. */
export interface HostFrame {
  readonly url: string;
  readonly parent: HostFrame | null;
  readonly origin: string;
}

type OpenHandler = (details: { url: string; frameName: string; disposition: string }) => { action: 'allow' | 'deny' };

interface LoadOptions {
  readonly postData?: readonly { readonly type: string; readonly bytes: Buffer }[];
  readonly extraHeaders?: string;
}

/** Permissions that a page can ask for by script, as Electron and as the protocol name them. */
const permissions: Readonly<Record<string, string>> = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  'persistent-storage': 'persistent-storage',
};

let lastId = 0;
const all = new Set<WebContents>();

/** The page of one window, over the DevTools protocol. */
export class WebContents extends EventEmitter {
  readonly id: number;
  readonly session: HostSession;
  readonly #state: HostState;
  readonly #preload: string | null;
  readonly #cdp: Promise<CdpSession>;
  #targetId = '';
  #mainFrame = '';
  #url = '';
  #destroyed = false;
  #crashed = false;
  #hostLoad: { readonly url: string; readonly options: LoadOptions } | null = null;
  #loaded: PromiseWithResolvers<void> | null = null;
  #opener: OpenHandler | null = null;
  readonly #frames = new Map<string, { url: string; parent: string | null }>();
  readonly #worlds = new Map<number, string>();
  readonly #statuses = new Map<string, number>();
  readonly #requests = new Map<string, { url: string; method: string; type: string; status: number }>();

  constructor(state: HostState, session: HostSession, preload: string | null) {
    super();
    lastId += 1;
    this.id = lastId;
    this.session = session;
    this.#state = state;
    this.#preload = preload;
    all.add(this);
    this.#cdp = this.#open();
    this.#cdp.catch(() => this.destroyed());
  }

  static getAllWebContents = (): WebContents[] => [...all];
  static fromId = (id: number): WebContents | undefined => [...all].find((contents) => contents.id === id);
  static fromDevToolsTargetId = (target: string): WebContents | undefined =>
    [...all].find((contents) => contents.#targetId === target);

  async #open(): Promise<CdpSession> {
    const { chromium } = this.#state;
    if (chromium === null) throw new Error('There is no browser.');
    const { targetId } = await chromium.cdp.send('Target.createTarget', { url: 'about:blank', newWindow: true });
    this.#targetId = String(targetId);
    const { sessionId } = await chromium.cdp.send('Target.attachToTarget', { targetId, flatten: true });
    const cdp = chromium.cdp.session(String(sessionId));
    this.#listen(cdp);
    const scripts = worldScripts(this.#preload, `stand-in-${randomUUID()}`);
    await Promise.all([
      cdp.send('Page.enable'),
      cdp.send('Network.enable'),
      cdp.send('Inspector.enable'),
      cdp.send('Runtime.enable'),
    ]);
    const { frameTree } = await cdp.send('Page.getFrameTree');
    this.#mainFrame = (frameTree as { frame: { id: string } }).frame.id;
    this.#frames.set(this.#mainFrame, { url: 'about:blank', parent: null });
    await cdp.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.isolated, worldName: WORLD });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page });
    await cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] });
    return cdp;
  }

  #listen(cdp: CdpSession): void {
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { id, name, auxData } = context as { id: number; name: string; auxData: { frameId: string } };
      if (name === WORLD) this.#worlds.set(id, auxData.frameId);
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      this.#worlds.delete(Number(executionContextId)),
    );
    cdp.on('Runtime.executionContextsCleared', () => this.#worlds.clear());
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === BINDING) void this.#heard(cdp, String(payload), Number(executionContextId));
    });
    cdp.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      this.#frames.set(String(frameId), { url: '', parent: String(parentFrameId) });
    });
    cdp.on('Page.frameDetached', ({ frameId }) => this.#frames.delete(String(frameId)));
    cdp.on('Page.frameNavigated', ({ frame }) => {
      const { id, url, parentId, loaderId } = frame as { id: string; url: string; parentId?: string; loaderId: string };
      this.#frames.set(id, { url, parent: parentId ?? null });
      if (parentId !== undefined) return;
      this.#mainFrame = id;
      this.#url = url;
      this.#crashed = false;
      void this.#setPermissions(url);
      this.emit(
        'did-navigate',
        hostEvent({}),
        url,
        this.#statuses.get(loaderId) ?? (url.startsWith('http') ? 200 : -1),
        '',
      );
    });
    cdp.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (frameId !== this.#mainFrame) return;
      this.#url = String(url);
      this.emit('did-navigate-in-page', hostEvent({}), this.#url, true);
    });
    // Whatever the program answers: windows that pages open are not in this host, and their targets are closed.
    cdp.on('Page.windowOpen', ({ url, windowName }) => {
      this.#opener?.({ url: String(url), frameName: String(windowName), disposition: 'foreground-tab' });
    });
    cdp.on('Page.loadEventFired', () => {
      this.emit('did-finish-load');
      this.#loaded?.resolve();
    });
    cdp.on('Fetch.requestPaused', (params) => void this.#paused(cdp, params as never));
    cdp.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
      const { url, method } = request as { url: string; method: string };
      this.#requests.set(String(requestId), { url, method, type: String(type), status: 0 });
      this.#state.logConnection('page', url);
    });
    cdp.on('Network.webSocketCreated', ({ url }) => this.#state.logConnection('page', String(url)));
    cdp.on('Network.responseReceived', ({ requestId, loaderId, response, type }) => {
      const { status } = response as { status: number };
      if (type === 'Document') this.#statuses.set(String(loaderId), status);
      const request = this.#requests.get(String(requestId));
      if (request !== undefined) request.status = status;
    });
    cdp.on('Network.loadingFinished', ({ requestId }) => {
      const request = this.#requests.get(String(requestId));
      this.#requests.delete(String(requestId));
      if (request === undefined) return;
      const { url, method, type, status } = request;
      this.session.done({ url, method, resourceType: type, webContentsId: this.id, statusCode: status });
    });
    cdp.on('Network.loadingFailed', ({ requestId, errorText, type }) => {
      const request = this.#requests.get(String(requestId));
      this.#requests.delete(String(requestId));
      if (type === 'Document' && request !== undefined)
        this.emit(
          'did-fail-load',
          hostEvent({}),
          errorText === 'net::ERR_ABORTED' ? -3 : -2,
          errorText,
          request.url,
          true,
        );
    });
    cdp.on('Inspector.targetCrashed', () => {
      this.#crashed = true;
      this.emit('render-process-gone', hostEvent({}), { reason: 'crashed', exitCode: 11 });
    });
  }

  /** A request is held: told to the program as navigation, then as request, and let go or not. */
  async #paused(
    cdp: CdpSession,
    paused: {
      requestId: string;
      request: { url: string; method: string };
      frameId: string;
      resourceType: string;
      redirectedRequestId?: string;
    },
  ): Promise<void> {
    const { requestId, request, frameId, resourceType, redirectedRequestId } = paused;
    const { url, method } = request;
    const fail = (errorReason: string) => cdp.send('Fetch.failRequest', { requestId, errorReason }).catch(() => {});
    const isDocument = resourceType === 'Document';
    const isMainFrame = frameId === this.#mainFrame;
    const hostLoad = isDocument && isMainFrame && this.#hostLoad?.url === url ? this.#hostLoad : null;
    if (isDocument && redirectedRequestId !== undefined) {
      const event = hostEvent({ url, isMainFrame, isSameDocument: false, frame: this.frame(frameId) });
      this.emit('will-redirect', event, url);
      if (event.defaultPrevented) return void fail('Aborted');
    } else if (hostLoad !== null) this.#hostLoad = null;
    else if (isDocument) {
      const event = hostEvent({ url, isMainFrame, isSameDocument: false, frame: this.frame(frameId) });
      this.emit('will-frame-navigate', event, url);
      if (isMainFrame && !event.defaultPrevented) this.emit('will-navigate', event, url);
      if (event.defaultPrevented) return void fail('Aborted');
    }
    if (!(await this.session.admits({ url, method, resourceType, webContentsId: this.id })))
      return void fail('BlockedByClient');
    const body = hostLoad?.options.postData?.map(({ bytes }) => bytes);
    const headers = (hostLoad?.options.extraHeaders ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', value = ''] = line.split(': ');
        return { name, value };
      });
    await cdp
      .send('Fetch.continueRequest', {
        requestId,
        ...(body === undefined
          ? {}
          : {
              method: 'POST',
              postData: Buffer.concat(body).toString('base64'),
              headers: [...headers, { name: 'Origin', value: 'null' }],
            }),
      })
      .catch(() => {});
  }

  async #setPermissions(url: string): Promise<void> {
    const origin = URL.parse(url)?.origin;
    if (origin === undefined || origin === 'null') return;
    for (const [permission, name] of Object.entries(permissions)) {
      const granted = this.session.permissionCheck?.(this, permission, origin, {}) ?? true;
      await this.#state.chromium?.cdp
        .send('Browser.setPermission', { origin, permission: { name }, setting: granted ? 'granted' : 'denied' })
        .catch(() => {});
    }
  }

  async #heard(cdp: CdpSession, payload: string, context: number): Promise<void> {
    const message: { kind: string; id: number; channel: string; args: string; message?: string } = JSON.parse(payload);
    if (message.kind === 'preload-error') {
      process.stderr.write(`Unable to load preload script: ${message.message}\n`);
      return;
    }
    const frameId = this.#worlds.get(context);
    const event = {
      sender: this,
      senderFrame: frameId === undefined ? null : this.frame(frameId),
      frameId: context,
      processId: 1,
      type: 'frame',
    };
    const args = decodeClone(message.args) as unknown[];
    if (message.kind === 'send') {
      ipcMain.heard(message.channel, event, args);
      return;
    }
    let reply: object;
    try {
      reply = { kind: 'reply', id: message.id, value: encodeClone(await ipcMain.invoke(message.channel, event, args)) };
    } catch (error) {
      reply = { kind: 'reply', id: message.id, error: `Error invoking remote method '${message.channel}': ${error}` };
    }
    await this.#say(cdp, context, reply);
  }

  async #say(cdp: CdpSession, contextId: number, message: object): Promise<void> {
    const expression = `${RECEIVE}(${JSON.stringify(JSON.stringify(message))})`;
    await cdp.send('Runtime.evaluate', { contextId, expression }).catch(() => {});
  }

  frame(id: string): HostFrame | null {
    const known = this.#frames.get(id);
    if (known === undefined) return null;
    return {
      url: known.url,
      origin: URL.parse(known.url)?.origin ?? 'null',
      parent: known.parent === null ? null : this.frame(known.parent),
    };
  }
  get mainFrame(): HostFrame | null {
    return this.frame(this.#mainFrame);
  }

  async loadURL(url: string, options: LoadOptions = {}): Promise<void> {
    const cdp = await this.#cdp;
    this.#loaded?.reject(new Error(`ERR_ABORTED (-3) loading '${url}'`));
    const loaded = Promise.withResolvers<void>();
    loaded.promise.catch(() => {});
    this.#loaded = loaded;
    // As Chromium writes it, since that is how it comes back.
    this.#hostLoad = { url: URL.parse(url)?.href ?? url, options };
    const { errorText } = await cdp.send('Page.navigate', { url });
    if (typeof errorText === 'string') {
      loaded.reject(new Error(`${errorText.replace('net::', '')} loading '${url}'`));
      if (errorText !== 'net::ERR_ABORTED') this.emit('did-fail-load', hostEvent({}), -2, errorText, url, true);
    }
    return loaded.promise;
  }
  reload(): void {
    this.#hostLoad = { url: this.#url, options: {} };
    void this.#cdp.then((cdp) => cdp.send('Page.reload')).catch(() => {});
  }
  /** To the preload's world of the main frame. Throws where Electron would: the value can't be cloned. */
  send(channel: string, ...args: unknown[]): void {
    const text = encodeClone(args);
    void this.#cdp
      .then(async (cdp) => {
        for (const [context, frame] of this.#worlds)
          if (frame === this.#mainFrame) await this.#say(cdp, context, { kind: 'message', channel, args: text });
      })
      .catch(() => {});
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#opener = handler;
  }
  getURL(): string {
    return this.#url;
  }
  isCrashed(): boolean {
    return this.#crashed;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  forcefullyCrashRenderer(): void {
    void this.#cdp.then((cdp) => cdp.send('Page.crash')).catch(() => {});
  }
  close(): void {
    this.emit('close-asked');
  }
  /** The window is gone. */
  destroyed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    all.delete(this);
    this.#loaded?.reject(new Error('The window is gone.'));
    void this.#cdp
      .then(() => this.#state.chromium?.cdp.send('Target.closeTarget', { targetId: this.#targetId }))
      .catch(() => {});
    this.emit('destroyed');
  }
}
