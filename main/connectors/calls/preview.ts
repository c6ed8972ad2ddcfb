import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { Picture } from '../../hardware/index.ts';
import type { ConnectorSide } from '../../sources/index.ts';
import { findTool, subjectOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import { noDeviceYet, unknownTool } from './call-faults.ts';
import { splitReserved } from './reserved-arguments.ts';

/** What is to be seen before it is done. The reserved arguments of a call may be among the arguments; they change nothing. */
export interface PreviewRequest {
  readonly connectorId: string;
  /** Capability (`receipt.print`) or MCP spelling (`receipt_print`). */
  readonly tool: string;
  readonly arguments: JsonObject;
}

/**
 * A picture of what a side effect would make. Pure: it asks no device and no policy, and leaves no row. Rejects with
 * `unknown_tool`, `invalid_arguments`, or `not_supported` where there is nothing to see.
 */
export async function preview(
  { deviceSide, directory }: { readonly deviceSide: Pick<ConnectorSide, 'preview'>; readonly directory: Directory },
  request: PreviewRequest,
): Promise<Picture> {
  const connector = directory.get(request.connectorId);
  const tool = findTool(connector, request.tool);
  if (tool === null) throw unknownTool(connector, request.tool);
  if (subjectOf(connector) === null) throw noDeviceYet(connector);
  const args = tool.side_effect ? splitReserved(tool.capability, request.arguments).own : request.arguments;
  return deviceSide.preview({ connectorId: connector.id, tool: tool.capability, arguments: args });
}
