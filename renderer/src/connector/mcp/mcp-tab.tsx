import { Link } from '../../frame/router.tsx';
import { type AgentSettings, type Connector, settingsSchema } from '../../live/wire.ts';
import { Command } from '../../parts/command.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useFetched } from '../../parts/use-fetched.ts';
import { useWords } from '../../words/language.ts';
import { useTools } from '../actions/use-tools.ts';

/** How a program on this machine uses the connector as an MCP server, to be copied. */
export function McpTab({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const tools = useTools(connector.id);
  const address = `${window.location.origin}/mcp/${connector.id}`;
  const { fetched } = useFetched('/v1/settings', settingsSchema);
  const command = fetched.state === 'there' ? fetched.value.command : null;
  const stdio =
    command === null
      ? null
      : JSON.stringify({ mcpServers: { [connector.name]: serverEntry(command, connector.name) } }, null, 2);
  const http = JSON.stringify(
    { mcpServers: { [connector.name]: { type: 'http', url: address, headers: { Authorization: 'Bearer …' } } } },
    null,
    2,
  );
  return (
    <>
      <h2>{t('mcp.title')}</h2>
      <p>{t('mcp.body')}</p>
      <section className="card">
        <h3>{t('mcp.stdio')}</h3>
        <p className="muted">{t('mcp.stdioBody')}</p>
        {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
        {fetched.state === 'failed' && <Problem error={fetched.error} />}
        {fetched.state === 'there' && stdio === null && <p>{t('mcp.noCommand')}</p>}
        {command !== null && stdio !== null && (
          <>
            <Config label={t('mcp.clientConfig')} text={stdio} />
            <p>{t('mcp.command')}</p>
            <Command text={commandLine(command, ['mcp', 'config', 'claude-desktop', connector.name])} />
          </>
        )}
      </section>
      <section className="card">
        <h3>{t('mcp.http')}</h3>
        <p className="muted">{t('mcp.httpBody')}</p>
        <Config label={t('mcp.clientConfig')} text={http} />
        <Link to={{ at: 'settings', section: 'access' }} className="button">
          {t('mcp.toTokens')}
        </Link>
      </section>
      {tools.state === 'there' && (
        <section className="card">
          <h3>{t('mcp.tools')}</h3>
          <ul className="rows">
            {tools.value.map(({ name, title, side_effect: acts }) => (
              <li key={name} className="row">
                <div className="row-main">
                  {/* Tool names in MCP use underscores (contract section 6). */}
                  <code>{name.replaceAll('.', '_')}</code>
                  <span lang="en">{title}</span>
                  <span className="muted">{t(acts ? 'mcp.toolAct' : 'mcp.toolRead')}</span>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Config({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <figure>
      <figcaption className="muted">{label}</figcaption>
      <pre className="code">{text}</pre>
      <CopyButton text={text} />
    </figure>
  );
}

type AgentCommand = NonNullable<AgentSettings['command']>;

/** What a client starts: by full paths, since a desktop starts its programs with a PATH of its own. */
function serverEntry({ program, arguments: before, data }: AgentCommand, name: string) {
  return { command: program, args: [...before, 'mcp', 'serve', name, ...data] };
}

/** The same as a line for a terminal. */
function commandLine({ program, arguments: before, data }: AgentCommand, words: readonly string[]): string {
  return [program, ...before, ...words, ...data].map(quoted).join(' ');
}

/** As a shell takes it. */
function quoted(name: string): string {
  return /^[\w./:@=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
