import type { JsonObject } from '../../drivers/kit/index.ts';

/** Draws what a tool would print, as a PNG; null where it draws nothing. Sends nothing to a device. */
export type PreviewOf = (request: {
  readonly connectorId: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}) => Promise<Uint8Array | null>;

/** No tool of this version can draw what it would do. The one place where a person's preview is joined to the drivers'. */
export const drawNothing: PreviewOf = async () => null;
