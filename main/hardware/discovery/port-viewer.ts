import { AgentError } from '../../../drivers/kit/index.ts';
import { type ConfiguredPort, configuredTargets, seeConfiguredPorts } from './configured-ports.ts';
import type { SeenPort } from './seen-port.ts';
import { listSystemPorts } from './system-listing.ts';

/** Looks at the machine: the system's ports and the configured paths together, each port once. */
export interface PortViewer {
  view(): Promise<readonly SeenPort[]>;
  /** Whether a configured path leads elsewhere than at the last look. Cheap. */
  configuredChanged(): boolean;
}

/** Makes a viewer. When the system's ports can't be listed, the last list stands, and the reason is logged once. */
export function createPortViewer(options: {
  /** As they are at the moment: people add some. */
  readonly paths: () => readonly ConfiguredPort[];
  readonly discover: boolean;
  readonly log: (line: string) => void;
  readonly listSystem?: typeof listSystemPorts;
}): PortViewer {
  const { paths, discover, log, listSystem = listSystemPorts } = options;
  let listed: readonly SeenPort[] = [];
  let complaint = '';
  let configured = '';

  const list = async () => {
    // Configured paths, too, may lead to ports that the system knows more about.
    if (!discover && paths().length === 0) return;
    try {
      listed = await listSystem();
      complaint = '';
    } catch (error) {
      const { message } = AgentError.from(error);
      if (message !== complaint) log(message);
      complaint = message;
    }
  };
  const incarnations = (ports: readonly SeenPort[]) =>
    JSON.stringify(ports.map(({ path, incarnation }) => [path, incarnation]));
  return {
    async view() {
      await list();
      const named = seeConfiguredPorts(paths(), listed);
      configured = incarnations(named);
      if (!discover) return named;
      const targets = configuredTargets(paths());
      return [...named, ...listed.filter((port) => !targets.has(port.path))];
    },
    configuredChanged: () => incarnations(seeConfiguredPorts(paths(), listed)) !== configured,
  };
}
