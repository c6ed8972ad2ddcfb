import type { Translated } from '../catalogue.ts';
import type * as source from '../en/tests.ts';

export const tests: Translated<typeof source.tests> = {
  title: '测试',
  body: '读取真实进行，动作只试不做。结果会保留。',
  progress: '{done} / {total}',
  kept: '保留的测试',
  none: '尚未测试',
  noneBody: '第一次通过的测试就是此设备在这里正常工作的证明。',
  record: '验收记录',
  connector: '连接器',
  at: '测试时间',
  by: '测试人',
  circumstances: '环境',
  print: '打印…',
  save: '保存',
};

export const mcp: Translated<typeof source.mcp> = {
  title: '与 MCP 客户端一起使用',
  body: '此连接器自成一个 MCP 服务器。本机上的程序可用两种方式使用它。',
  stdio: '由客户端启动',
  stdioBody: '适合桌面助手和编辑器。不需要令牌：客户端以您的身份运行。',
  http: '通过 HTTP',
  httpBody: '适合脚本和服务。需要带有相应权限的令牌；在“设置 → 访问”中创建。',
  toTokens: '创建令牌',
  clientConfig: '写入客户端配置的内容',
  command: '或者让它自动写入',
  tools: '客户端看到的内容',
  toolAct: '动作',
  toolRead: '读取',
  noCommand: '此代理没有可供客户端启动的命令行。请通过 HTTP 使用。',
};
