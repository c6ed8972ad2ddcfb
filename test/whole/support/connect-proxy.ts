import { Server } from 'proxy-chain';

/** The proxy of a factory's network: the only way to `hub.test`, which nobody else knows. */
export interface ConnectProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** How often somebody was let through. */
  opened(): number;
  /** How often somebody was turned away for lack of a right password. */
  turnedAway(): number;
  /** Ends it and all that goes through it. */
  stop(): Promise<void>;
  /** At the same port. */
  startAgain(): Promise<void>;
}

/** Starts one that asks for this user and password, and leads every name to this machine. */
export async function startConnectProxy(user: {
  readonly name: string;
  readonly password: string;
}): Promise<ConnectProxy> {
  let opened = 0;
  let turnedAway = 0;
  const start = async (port: number) => {
    const server = new Server({
      port,
      host: '127.0.0.1',
      prepareRequestFunction: ({ username, password }) => {
        const right = username === user.name && password === user.password;
        if (right) opened += 1;
        else turnedAway += 1;
        return { requestAuthentication: !right, dnsLookup: toThisMachine as never };
      },
    });
    await server.listen();
    return server;
  };
  let server = await start(0);
  const { port } = server;
  return {
    url: `http://127.0.0.1:${port}`,
    opened: () => opened,
    turnedAway: () => turnedAway,
    stop: () => server.close(true),
    async startAgain() {
      server = await start(port);
    },
  };
}

/** As `dns.lookup` answers. */
function toThisMachine(
  _host: string,
  options: { readonly all?: boolean },
  done: (error: null, found: string | { address: string; family: number }[], family?: number) => void,
): void {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
}
