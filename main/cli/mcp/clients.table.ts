/** Where a client keeps its configuration: parts of a path, `{home}`, `{config}` and `{appdata}` filled in per system. */
export interface McpClient {
  /** As the command line names it. */
  readonly id: string;
  readonly title: string;
  /** The file, for each system it runs on; null where the client has no file of its own that others may write. */
  readonly file: Readonly<Partial<Record<'linux' | 'darwin' | 'win32', readonly string[]>>> | null;
  /** The member of the file that holds the servers. */
  readonly member: 'mcpServers' | 'servers';
  /** The entry of a server that the client starts. */
  readonly command: (command: string, args: readonly string[]) => object;
  /** The entry of a server that it reaches over HTTP; null when its file knows no such thing. */
  readonly http: ((url: string, headers: Readonly<Record<string, string>>) => object) | null;
  /** What a person does next. */
  readonly afterwards: string;
}

const macSupport = ['{home}', 'Library', 'Application Support'];

/** The clients `mcp config` knows. Sources: each client's own documentation, read in November 2026. */
export const mcpClients: readonly McpClient[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    // modelcontextprotocol.io/quickstart/user; on Linux where builds of it look.
    file: {
      darwin: [...macSupport, 'Claude', 'claude_desktop_config.json'],
      win32: ['{appdata}', 'Claude', 'claude_desktop_config.json'],
      linux: ['{config}', 'Claude', 'claude_desktop_config.json'],
    },
    member: 'mcpServers',
    command: (command, args) => ({ command, args }),
    // Servers over HTTP are connectors of an account there, and come from the cloud: they can't reach this machine.
    http: null,
    afterwards: 'Quit Claude Desktop (closing the window is not enough) and start it again.',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    // code.visualstudio.com/docs/copilot/reference/mcp-configuration
    file: {
      darwin: [...macSupport, 'Code', 'User', 'mcp.json'],
      win32: ['{appdata}', 'Code', 'User', 'mcp.json'],
      linux: ['{config}', 'Code', 'User', 'mcp.json'],
    },
    member: 'servers',
    command: (command, args) => ({ type: 'stdio', command, args }),
    http: (url, headers) => ({ type: 'http', url, headers }),
    afterwards: 'Run "MCP: List Servers" in VS Code and start it there.',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    // cursor.com/docs/context/mcp
    file: {
      darwin: ['{home}', '.cursor', 'mcp.json'],
      win32: ['{home}', '.cursor', 'mcp.json'],
      linux: ['{home}', '.cursor', 'mcp.json'],
    },
    member: 'mcpServers',
    command: (command, args) => ({ type: 'stdio', command, args }),
    http: (url, headers) => ({ url, headers }),
    afterwards: 'Switch it on in Cursor under Settings, MCP.',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    // docs.windsurf.com/windsurf/cascade/mcp
    file: {
      darwin: ['{home}', '.codeium', 'windsurf', 'mcp_config.json'],
      win32: ['{home}', '.codeium', 'windsurf', 'mcp_config.json'],
      linux: ['{home}', '.codeium', 'windsurf', 'mcp_config.json'],
    },
    member: 'mcpServers',
    command: (command, args) => ({ command, args }),
    http: (url, headers) => ({ serverUrl: url, headers }),
    afterwards: 'Press the refresh button in the MCP settings of Windsurf.',
  },
  {
    id: 'generic',
    title: 'another client',
    file: null,
    member: 'mcpServers',
    command: (command, args) => ({ command, args }),
    http: (url, headers) => ({ type: 'streamable-http', url, headers }),
    afterwards: 'Put it where your client keeps its MCP servers.',
  },
];
