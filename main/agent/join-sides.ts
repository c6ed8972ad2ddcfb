import type { DeviceSide } from '../hardware/index.ts';
import type { ConnectorSide, SourceSide } from '../sources/index.ts';

/**
 * Devices and software sources as one: what names a listing goes by its kind, what names a connector or a turn to where it
 * was bound or opened, and what is about devices to the devices.
 */
export function joinSides(devices: DeviceSide, sources: SourceSide): ConnectorSide {
  /** Connectors and turns of sources; all others are devices'. */
  const sourceConnectors = new Set<string>();
  const sourceTurns = new Set<string>();
  const byListing = ({ listing }: { readonly listing: string }) => (sources.has(listing) ? sources : devices);
  const byConnector = ({ connectorId }: { readonly connectorId: string }) =>
    sourceConnectors.has(connectorId) ? sources : devices;
  const byTurn = ({ turnId }: { readonly turnId: string }) => (sourceTurns.has(turnId) ? sources : devices);

  return {
    start: () => devices.start(),
    devices: () => devices.devices(),
    ensureUnit: (request) => devices.ensureUnit(request),
    checkAddress: (request) => devices.checkAddress(request),
    addAddress: (request) => devices.addAddress(request),
    removeAddress: (request) => devices.removeAddress(request),
    confirm: (request) => devices.confirm(request),
    identify: (request) => devices.identify(request),
    identifyUnknown: (request) => devices.identifyUnknown(request),
    bind: (binding) => devices.bind(binding),

    listings: async () => [...(await devices.listings()), ...(await sources.listings())],
    checkConfig: (request) => byListing(request).checkConfig(request),
    describeTools: (request) => byListing(request).describeTools(request),

    async bindSource(binding) {
      sourceConnectors.add(binding.connectorId);
      return sources.bindSource(binding);
    },
    tryCredentials: (request) => sources.tryCredentials(request),
    async unbind(request) {
      await byConnector(request).unbind(request);
      sourceConnectors.delete(request.connectorId);
    },
    bindingState: (request) => byConnector(request).bindingState(request),
    prepare: (request) => byConnector(request).prepare(request),
    preview: (request) => byConnector(request).preview(request),
    read: (request) => byConnector(request).read(request),
    healthCheck: (request) => byConnector(request).healthCheck(request),

    async openTurn(request) {
      const side = byConnector(request);
      const opened = await side.openTurn(request);
      if (side === sources) sourceTurns.add(opened.turnId);
      return opened;
    },
    check: (request) => byTurn(request).check(request),
    act: (request) => byTurn(request).act(request),
    resolve: (request) => byTurn(request).resolve(request),
    async closeTurn(request) {
      const side = byTurn(request);
      sourceTurns.delete(request.turnId);
      await side.closeTurn(request);
    },

    releaseOutputs: (request) => devices.releaseOutputs(request),

    async tapWire(request) {
      // It may be said before the connector is bound, when nobody knows yet whose it is; the other never has anything to tell.
      await Promise.all([devices.tapWire(request), sources.tapWire(request)]);
    },
    async cancel(request) {
      await Promise.all([devices.cancel(request), sources.cancel(request)]);
    },
    subscribe(listener) {
      const ends = [devices.subscribe(listener), sources.subscribe(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
    async close() {
      await Promise.all([devices.close(), sources.close()]);
    },
  };
}
