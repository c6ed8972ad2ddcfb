import { AgentError } from '../../../drivers/kit/index.ts';
import type { DeviceSide } from '../../hardware/index.ts';

/** One method behind a boundary that only data crosses. */
export function carry<Request, Answer>(method: (request: Request) => Promise<Answer>) {
  return async (request: Request): Promise<Answer> => {
    try {
      return structuredClone(await method(structuredClone(request)));
    } catch (error) {
      throw AgentError.deserialize(structuredClone(AgentError.from(error).serialize()));
    }
  };
}

/** The same device side behind a boundary that only data crosses, as if it lived in another process. */
export function throughClone(inner: DeviceSide): DeviceSide {
  const ask =
    <Answer>(method: () => Promise<Answer>) =>
    () =>
      carry(method)(undefined);
  return {
    start: ask(() => inner.start()),
    listings: ask(() => inner.listings()),
    devices: ask(() => inner.devices()),
    ensureUnit: carry((request) => inner.ensureUnit(request)),
    checkAddress: carry((request) => inner.checkAddress(request)),
    addAddress: carry((request) => inner.addAddress(request)),
    removeAddress: carry((request) => inner.removeAddress(request)),
    confirm: carry((request) => inner.confirm(request)),
    identifyUnknown: carry((request) => inner.identifyUnknown(request)),
    identify: carry((request) => inner.identify(request)),
    checkConfig: carry((request) => inner.checkConfig(request)),
    describeTools: carry((request) => inner.describeTools(request)),
    bind: carry((request) => inner.bind(request)),
    unbind: carry((request) => inner.unbind(request)),
    bindingState: carry((request) => inner.bindingState(request)),
    prepare: carry((request) => inner.prepare(request)),
    preview: carry((request) => inner.preview(request)),
    read: carry((request) => inner.read(request)),
    healthCheck: carry((request) => inner.healthCheck(request)),
    openTurn: carry((request) => inner.openTurn(request)),
    check: carry((request) => inner.check(request)),
    act: carry((request) => inner.act(request)),
    resolve: carry((request) => inner.resolve(request)),
    closeTurn: carry((request) => inner.closeTurn(request)),
    releaseOutputs: carry((request) => inner.releaseOutputs(request)),
    tapWire: carry((request) => inner.tapWire(request)),
    cancel: carry((request) => inner.cancel(request)),
    subscribe: (listener) => inner.subscribe((event) => listener(structuredClone(event))),
    close: ask(() => inner.close()),
  };
}
