/** The part of swagger-ui-dist 5.35 that this page uses; the package ships no types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface SwaggerRequest {
    url: string;
    headers: Record<string, string>;
  }

  interface SwaggerOptions {
    readonly spec: object;
    readonly domNode: Element;
    readonly docExpansion: 'list' | 'full' | 'none';
    readonly defaultModelsExpandDepth: number;
    readonly persistAuthorization: boolean;
    readonly showMutatedRequest: boolean;
    readonly validatorUrl: null;
    readonly requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
    readonly plugins: readonly object[];
  }

  const SwaggerUIBundle: (options: SwaggerOptions) => unknown;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default SwaggerUIBundle;
}
