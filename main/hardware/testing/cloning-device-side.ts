import { AgentError } from '../../../drivers/kit/index.ts';
import type { DeviceSide } from '../device-side.ts';

/** The device side behind a boundary that only plain data crosses, as if it lived in a process of its own. */
export function createCloningDeviceSide(inner: DeviceSide): DeviceSide {
  const carry =
    <Request, Answer>(method: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      try {
        return structuredClone(await method(structuredClone(request)));
      } catch (error) {
        throw AgentError.deserialize(JSON.parse(JSON.stringify(AgentError.from(error).serialize())));
      }
    };
  const ask = <Answer>(method: () => Promise<Answer>) => {
    const carried = carry(method);
    return () => carried(undefined);
  };
  return {
    start: ask(inner.start),
    listings: ask(inner.listings),
    devices: ask(inner.devices),
    ensureUnit: carry(inner.ensureUnit),
    checkAddress: carry(inner.checkAddress),
    addAddress: carry(inner.addAddress),
    removeAddress: carry(inner.removeAddress),
    confirm: carry(inner.confirm),
    identify: carry(inner.identify),
    identifyUnknown: carry(inner.identifyUnknown),
    checkConfig: carry(inner.checkConfig),
    describeTools: carry(inner.describeTools),
    bind: carry(inner.bind),
    unbind: carry(inner.unbind),
    bindingState: carry(inner.bindingState),
    prepare: carry(inner.prepare),
    preview: carry(inner.preview),
    read: carry(inner.read),
    healthCheck: carry(inner.healthCheck),
    openTurn: carry(inner.openTurn),
    check: carry(inner.check),
    act: carry(inner.act),
    resolve: carry(inner.resolve),
    closeTurn: carry(inner.closeTurn),
    releaseOutputs: carry(inner.releaseOutputs),
    tapWire: carry(inner.tapWire),
    cancel: carry(inner.cancel),
    subscribe: (listener) => inner.subscribe((event) => listener(structuredClone(event))),
    close: ask(inner.close),
  };
}
