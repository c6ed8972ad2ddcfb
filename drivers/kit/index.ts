export { AgentError, type AgentErrorOptions, type SerializedAgentError } from './agent-error.ts';
export { compareDecimals, type Decimal, formatDecimal, multiplyDecimals, parseDecimal } from './decimal.ts';
export { defineDriver } from './define-driver.ts';
export { defineSource } from './define-source.ts';
export { defineStream } from './define-stream.ts';
export type {
  BusDefinition,
  Driver,
  Fingerprint,
  HidLinkDefinition,
  LinkDefinitions,
  Resynchronisation,
  SerialLinkDefinition,
  TcpLinkDefinition,
  Tool,
  UsbPrinterLinkDefinition,
} from './driver.ts';
export { type DriverContext, noDevice } from './driver-context.ts';
export { type ErrorCode, errorCodes } from './error-codes.table.ts';
export type {
  Disturbance,
  FirstAnswer,
  FirstQuestions,
  FirstWay,
  LineFormat,
  UnknownPlace,
} from './first-questions.ts';
export {
  decodeHttpRequest,
  decodeHttpResponse,
  encodeHttpRequest,
  encodeHttpResponse,
  type HttpMethod,
  type HttpReading,
  type HttpRequest,
  type HttpResponse,
  httpExchange,
} from './http.ts';
export type { Identification } from './identification.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { decodeLatin1, encodeLatin1, type LineVerdict, matchLines } from './lines.ts';
export {
  concatBytes,
  fromHex,
  type Link,
  LONGEST_BREAK_MS,
  type ReplyProgress,
  toHex,
  unanswered,
  type WireRequest,
} from './link.ts';
export { type LinkType, linkNames, linksOf, linkTypes } from './links.ts';
export {
  formatTcpAddress,
  isNetworkPath,
  isTcpPath,
  normaliseNetworkPath,
  parseRfc2217Address,
  parseTcpAddress,
  type TcpAddress,
} from './network-address.ts';
export type { PrinterPortStatus } from './printer-port.ts';
export { scannerNotAsked, scannerOptions } from './scan/scan-options.ts';
export { type AimMode, defineScanStream, type ScanFrame } from './scan/scan-stream.ts';
export {
  characterTimeMs,
  describeSerialSettings,
  type SerialSettings,
  serialSettingsSchema,
} from './serial-settings.ts';
export type { EarlyAccessListing, ListingPrice, Source, SourceAuth, SourceContext } from './source.ts';
export type {
  Decoded,
  Gathered,
  Gathering,
  Stream,
  StreamDecoder,
  StreamDefinition,
  StreamProgress,
} from './stream.ts';
export { eachStreamInput, type GapReason, latestStreamInput, streamTool } from './stream-tool.ts';
export {
  type ActOutcome,
  defineReadTool,
  defineSideEffectTool,
  type Evidence,
  type MinConfidence,
  type Plan,
  type PlannedFrame,
  type Preview,
  parseArguments,
  type ReadTool,
  type Release,
  type Resolution,
  readingShape,
  reservedArguments,
  type SideEffectTool,
  type StreamTool,
  type TimedOutput,
  type Witness,
} from './tools.ts';
