import type { JsonObject } from '../../../drivers/kit/index.ts';

export interface InstallRequest {
  readonly listing: string;
  readonly name?: string;
  readonly auth: JsonObject & { readonly type: string };
  readonly config: JsonObject;
}

export interface UpdateRequest {
  readonly name?: string;
  readonly auth?: JsonObject & { readonly type: string };
  readonly config?: JsonObject;
}
