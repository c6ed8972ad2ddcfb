import type { JsonObject } from '../../../drivers/kit/index.ts';

export interface ToolTestResult {
  readonly tool: string;
  readonly mode: 'live' | 'dry_run';
  readonly ok: boolean;
  readonly latency_ms: number;
  readonly note?: string;
  readonly evidence?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null };
}

/** A connector test, kept as a commissioning record. */
export interface TestRecord {
  readonly id: string;
  readonly connector_id: string;
  readonly status: 'passed' | 'failed';
  readonly results: readonly ToolTestResult[];
  readonly tested_at: string;
  readonly tested_by: string;
  /** Device, identity, driver version and settings at that moment. */
  readonly circumstances: JsonObject;
}
