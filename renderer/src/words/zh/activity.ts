import type { Translated } from '../catalogue.ts';
import type * as source from '../en/activity.ts';

export const activity: Translated<typeof source.activity> = {
  none: '这台电脑上还没有做过任何动作',
  noneBody: '读取秤不列在这里，切换继电器会列出。',
};
