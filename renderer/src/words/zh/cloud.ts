import type { Translated } from '../catalogue.ts';
import type * as source from '../en/cloud.ts';

export const cloud: Translated<typeof source.cloud> = {
  none: '未设置云',
  notConnected: '未连接',
  noneBody: '没有云，这台电脑上的一切照常：设备、本机程序、动作记录。',
  local: '本机程序用令牌连接，令牌在“设置 - 访问”中创建。',
};
