import { useEffect, useRef } from 'react';
import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { apiPageWords as words } from '../words/api-page.ts';
import { type Access, headersOf } from './access.ts';
import { keepAccessible } from './accessible-names.ts';
import { readablePlugin } from './readable-plugin.ts';
import { withoutPrefills } from './without-prefills.ts';

/** The document, to read and to try. Everything tried goes to this agent and is done for real. */
export function Explorer({ access, document }: { readonly access: Access; readonly document: object }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    SwaggerUIBundle({
      spec: withoutPrefills(document),
      domNode: place.current,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      persistAuthorization: false,
      // The curl line then shows the request as it was written, without the secret that is put to it on its way.
      showMutatedRequest: false,
      validatorUrl: null,
      requestInterceptor(request) {
        // Nothing this page sends goes anywhere but to the agent that served it.
        if (new URL(request.url, location.href).origin !== location.origin) throw new Error('Another host.');
        Object.assign(request.headers, headersOf(access));
        return request;
      },
      plugins: [readablePlugin(access.kind === 'token')],
    });
    return keepAccessible(place.current);
  }, [access, document]);
  return (
    <div className="explorer">
      <section aria-labelledby="operations-heading">
        <h2 id="operations-heading">{words.operations}</h2>
      </section>
      <div ref={place} />
    </div>
  );
}
