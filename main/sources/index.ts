export { type Credentials, hintOf, readCredentials } from './credentials.ts';
export { createSourceSide, type SourceSideOptions } from './in-process-source-side.ts';
export type { ConnectorSide, SourceBinding, SourceOnly, SourceSide } from './source-side.ts';
