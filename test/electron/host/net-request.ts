import { EventEmitter } from 'node:events';
import http from 'node:http';

interface RequestOptions {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly port?: string | number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
}

/** `net.request` of Electron over Node's http, as far as electron-updater uses it; http alone, no redirects. */
class HostRequest extends EventEmitter {
  readonly #request: http.ClientRequest;
  constructor({ protocol = 'http:', hostname, port, path, method, headers }: RequestOptions) {
    super();
    if (protocol !== 'http:') throw new Error(`net.request of the stand-in has no ${protocol}`);
    this.#request = http.request({
      hostname: hostname ?? null,
      port: port ?? null,
      path: path ?? '/',
      method: method ?? 'GET',
      headers: headers ?? {},
    });
    this.#request.on('response', (response) => this.emit('response', response));
    this.#request.on('error', (error) => this.emit('error', error));
    this.#request.on('close', () => this.emit('close'));
  }
  setHeader(name: string, value: string): void {
    this.#request.setHeader(name, value);
  }
  write(chunk: Buffer | string): void {
    this.#request.write(chunk);
  }
  end(chunk?: Buffer | string): void {
    this.#request.end(chunk);
  }
  abort(): void {
    this.#request.destroy();
    this.emit('abort');
  }
}

/** `net` of Electron. */
export const netModule = { request: (options: RequestOptions): HostRequest => new HostRequest(options) };
