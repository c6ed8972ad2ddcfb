import type { Translated } from '../catalogue.ts';
import type * as source from '../en/support.ts';

export const support: Translated<typeof source.support> = {
  doctor: '诊断',
  again: '再次检查',
  looking: '正在检查…',
  result_ok: '正常。',
  result_attention: '需要注意。',
  result_error: '有问题。',
};
