import type { AddCommands } from '../cli.ts';
import { addConnectorHealth } from './connectors-health.ts';
import { addConnectorList } from './connectors-list.ts';
import { addConnectorRemove } from './connectors-remove.ts';
import { addConnectorSet } from './connectors-set.ts';
import { addConnectorShow } from './connectors-show.ts';
import { addConnectorTest } from './connectors-test.ts';
import { addConnectorWire } from './connectors-wire.ts';

/** `connectors`: what is installed. */
export const addConnectors: AddCommands = (program, host) => {
  const connectors = host.group(program, 'connectors', 'what is installed', ['connector']);
  for (const add of [
    addConnectorList,
    addConnectorShow,
    addConnectorSet,
    addConnectorTest,
    addConnectorHealth,
    addConnectorWire,
    addConnectorRemove,
  ]) {
    add(connectors, host);
  }
};
