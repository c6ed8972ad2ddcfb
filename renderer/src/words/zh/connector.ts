import type { Translated } from '../catalogue.ts';
import type * as source from '../en/connector.ts';

export const connector: Translated<typeof source.connector> = {
  test: '运行测试',
  testing: '正在测试…',
  testPassed: '测试通过',
  testFailed: '测试未通过',
  passed: '通过',
  failed: '未通过',
  nothingToRead: '没有可读的内容',
  uninstall: '卸载…',
  uninstallTitle: '卸载 {name}？',
  uninstallBody: '其凭据和设置将被删除，程序不能再使用此设备的 {capabilities}。记录和测试会保留；设备将显示为新设备。',
  keepIt: '保留',
  uninstallNow: '卸载 {name}',
  uninstalling: '正在卸载…',
  uninstalled: '{name} 已卸载。',
};

export const modes: Translated<typeof source.modes> = { live: '实际读取', dry_run: '试过，未执行' };
