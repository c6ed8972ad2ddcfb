import { AgentError, type JsonObject, type SideEffectTool } from '../../../drivers/kit/index.ts';
import type { Picture } from '../device-side.ts';

/** What `tool` would make of these arguments. Rejects with `invalid_arguments`, or `not_supported` where there is nothing to see. */
export async function drawPreview(
  tool: Pick<SideEffectTool, 'capability' | 'preview'>,
  args: JsonObject,
  owner: string,
): Promise<Picture> {
  if (tool.preview === undefined) {
    throw new AgentError('not_supported', `${tool.capability} of ${owner} makes nothing that could be shown.`, {
      hint: 'A dry run tells whether it would work.',
    });
  }
  const { mediaType, bytes, widthDots, heightDots, notes } = await tool.preview(args);
  return {
    media_type: mediaType,
    data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
    width_dots: widthDots,
    height_dots: heightDots,
    notes,
  };
}
