import { describe, expect, it } from 'vitest';
import { dataFolder, findAgentSocket, socketPath } from './local-socket.ts';

const home = { HOME: '/home/ada' };
const own = '/home/ada/.local/share/fibric-edge/run/agent.sock';
const service = '/run/fibric-edge/agent.sock';
const only =
  (...there: readonly string[]) =>
  (path: string) =>
    there.includes(path);

describe('the data folder', () => {
  it('is what was given, else under XDG_DATA_HOME, else under the home', () => {
    expect(dataFolder('/x', { XDG_DATA_HOME: '/data' })).toBe('/x');
    expect(dataFolder(undefined, { XDG_DATA_HOME: '/data', HOME: '/home/a' })).toBe('/data/fibric-edge');
    expect(dataFolder(undefined, { XDG_DATA_HOME: '', HOME: '/home/a' })).toBe('/home/a/.local/share/fibric-edge');
  });

  it('may make a socket path of 100 bytes and no more, counted in bytes', () => {
    const tail = '/run/agent.sock'.length;
    expect(socketPath(`/${'x'.repeat(99 - tail)}`)).toHaveLength(100);
    expect(() => socketPath(`/${'x'.repeat(100 - tail)}`)).toThrow(/101 bytes/);
    expect(() => socketPath(`/${'ä'.repeat(50)}`)).toThrow(/bytes/);
  });
});

describe('the socket of the agent that is meant', () => {
  it("is the user's own agent's where there is one, also beside a service", () => {
    expect(findAgentSocket(undefined, home, only(own, '/run/fibric-edge'))).toBe(own);
  });

  it.runIf(process.platform === 'linux')("is the service's where the user has no agent", () => {
    expect(findAgentSocket(undefined, home, only('/run/fibric-edge'))).toBe(service);
  });

  it('is where the own agent would be when there is none at all', () => {
    expect(findAgentSocket(undefined, home, only())).toBe(own);
  });

  it('is never another one than the one that was named', () => {
    expect(findAgentSocket('/srv/edge', home, only(own, '/run/fibric-edge'))).toBe('/srv/edge/run/agent.sock');
  });

  it('is refused when its path is longer than a socket address', () => {
    expect(() => findAgentSocket(`/${'x'.repeat(100)}`, home)).toThrow(/takes 100/);
  });
});
