import type { Translated } from '../catalogue.ts';
import type * as source from '../en/install.ts';

export const install: Translated<typeof source.install> = {
  title: '安装 · {name}',
  driver: '驱动',
  choose: '请选择…',
  name: '名称，例如所在位置',
  options: '线路及其他设置',
  cancel: '取消',
  install: '安装',
  installing: '正在安装…',
  installed: '{name} 已安装。',
  hasConnector: '此设备由以下连接器使用：',
  catalogue: '可以安装什么',
};
