import type { Translated } from '../catalogue.ts';
import type { updates as source } from '../en/updates.ts';

export const updates: Translated<typeof source> = {
  agent_package: '如果代理是以 Debian 软件包安装的，新版本由 apt 提供，并会等待未完成的操作：',
  program: '桌面程序 {version}',
  way_package_manager: '更新由本机的软件包管理器提供。命令如下：',
  way_self: '本程序会自行检查新版本，并且只接受带有签名的版本。',
  way_by_hand: '此程序不在任何地方检查更新。请按安装此版本的方式安装新版本；设备和设置会保留。',
  mode_automatic: '无人查看此窗口且没有未完成的操作时，新版本会自动安装。',
  mode_ask: '新版本会先下载，在您同意后才安装。',
  mode_off: '仅在您要求时检查。',
  idle: '目前没有已知的新版本。',
  looking: '正在检查…',
  fetching: '正在下载版本 {version}：{percent} %',
  ready: '版本 {version} 已就绪。',
  restart: '版本 {version} 已安装，下次启动时生效。',
  installing: '正在安装版本 {version}…',
  proving: '版本 {version} 首次运行：正在等待其代理。',
  hold_actions:
    '更新不能发生在操作进行中，因此正在等待：{acting} 个正在执行，{waiting} 个等待批准，{doubtful} 个结果未知。',
  hold_agent: '没有代理可以说明是否有未完成的操作。',
  lookedAt: '检查时间：{time}。',
  look: '检查更新',
  update: '更新到 {version}…',
  restartNow: '重新启动到 {version}…',
  putBack: '退回到 {version}…',
  result_updated: '已从 {from} 更新到 {to}。',
  result_not_taken: '更新到 {to} 未生效：当前仍为 {from}。',
  result_agent_down: '从 {from} 更新到 {to} 之后，代理未能启动。',
  result_put_back: '已恢复版本 {to}：{from} 在此无法运行。',
};
