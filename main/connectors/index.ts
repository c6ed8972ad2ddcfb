export { withReservedArguments } from './calls/reserved-arguments.ts';
export { type Clock, systemClock } from './clock.ts';
export { type ConnectorServiceOptions, createConnectorService } from './create-service.ts';
export type { Log } from './log.ts';
export type { Operator, OperatorRequest, Operators } from './operators/operators.ts';
export type {
  Approval,
  Bounds,
  Caller,
  CallRequest,
  CallResult,
  Connector,
  ConnectorFilter,
  ConnectorService,
  ConnectorStatus,
  Decision,
  EffectResult,
  Health,
  InstallRequest,
  JournalEntry,
  JournalFilter,
  JournalSpan,
  JournalState,
  PastReading,
  Policy,
  Reading,
  RefusalReason,
  ServiceEvent,
  TestRecord,
  ToolTestResult,
  UpdateRequest,
} from './service.ts';
