import type { Translated } from '../catalogue.ts';
import type * as source from '../en/panel.ts';

export const printer: Translated<typeof source.printer> = {
  title: '打印机状态',
  old: '打印机现在没有应答。这是最后一次的状态。',
  ready: '可以打印。',
  refused: '在此期间的请求会被拒绝而不是保留：不会迟后打印出来。',
};

export const printerSteps: Translated<typeof source.printerSteps> = {
  paper_out: '装入纸卷并合上盖子。',
  paper_near_end: '请准备好纸卷。',
  paper_low: '请准备好纸。',
  cover_open: '合上盖子。',
  cutter_stuck: '关机，清理切刀，再开机。',
  head_hot: '让打印头冷却；它会自行恢复。',
  online_no: '请查看打印机：它报告自己脱机。',
  ribbon_out: '装入新的色带。',
};

export const kiosk: Translated<typeof source.kiosk> = {
  title: '面板',
  help: '帮助',
  leave: '离开…',
  toHome: '关闭面板',
  devices: '设备和连接器',
  pages: '页',
  before: '上一页',
  after: '下一页',
  page: '{page} / {pages}',
  approvals: { other: '{count} 个审批在等待' },
  pinKeys: '输入 PIN 的按键',
  erase: '删除最后一位',
  notKnown: '目前未知',
  helpTiles:
    '每个方块是一台设备。需要人处理的排在最前，并说明该做什么。按方块可查看更多并测试设备；这里没有任何内容会让设备自行动作。',
  helpApprovals: '当程序必须询问人时，底部会出现按钮，显示将要发生的一切。',
  helpLeave: '离开面板需要 PIN：请按“离开”。名称、规则和程序在面板之外设置。',
  helpBrowser: '这是一个普通页面。若要没有 PIN 就无法离开的屏幕，请使用桌面程序的展台模式（设置 → 常规）。',
};

export const desktop: Translated<typeof source.desktop> = {
  title: '此桌面程序',
  agent: '代理',
  agentOfSystem: '作为这台电脑的服务运行',
  agentOfShell: '由此程序启动',
  startsItself: '您登录时它自动启动。',
  startsNot: '它不会自动启动。',
  autostartOn: '登录时启动',
  autostartOff: '不再自动启动',
  kiosk: '展台模式',
  kioskBody: '整个屏幕显示面板，只有 PIN 才能离开。',
  kioskNoPin: '需要先有 PIN。请在这台电脑的终端中设置：',
  enterKiosk: '进入展台模式',
  end: '退出',
  endOfSystem: '代理是一项服务：此程序退出后设备继续工作。',
  endOfShell: '代理随此程序结束：设备将不再被服务。',
  quit: '退出…',
  restart: '重新启动它',
  restartSystem: '它作为服务运行。请重新启动该服务：sudo systemctl restart fibric-edge',
  showLogs: '打开日志文件夹',
  logs: '桌面程序的日志',
  logsBody: '代理和此程序写下的内容，以文件形式。',
  signIn: '重新登录',
};
