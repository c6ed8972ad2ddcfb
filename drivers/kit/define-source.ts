import { requireCapabilities, requireId, requireTools } from './define-driver.ts';
import { encodeHttpRequest } from './http.ts';
import type { Source } from './source.ts';

/** Checks a source's data and returns it unchanged. A mistake throws at import. */
export function defineSource(source: Source): Source {
  requireId(source.id);
  requireCapabilities(source.id, source.capabilities);
  if (!('base_url' in source.options.shape))
    throw new TypeError(`source ${source.id}: base_url is not among its options`);
  if (source.isHarmless(encodeHttpRequest({ method: 'POST', target: '/', body: null }))) {
    throw new TypeError(`source ${source.id}: takes any POST for harmless`);
  }
  return {
    ...source,
    tools: (context) => requireTools(source.id, source.capabilities, source.tools(context)),
  };
}
