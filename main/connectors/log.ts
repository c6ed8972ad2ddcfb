/** Where this room logs; a pino logger fits. Fields never hold secrets or a customer's payload. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Drops everything. */
export const silentLog: Log = { info() {}, warn() {}, error() {} };
