import type { Translated } from '../catalogue.ts';
import type * as source from '../en/approvals.ts';

export const approvals: Translated<typeof source.approvals> = {
  waiting: '等人决定',
  ended: '最近已决定',
  none: '没有待审批的请求',
  noneBody: '当程序要做您要求先询问的事时，请求会在这里等待两分钟。',
};
