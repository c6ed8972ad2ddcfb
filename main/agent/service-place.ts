/** Where an agent works that systemd started as a service (contract section 5). */
export interface ServicePlace {
  readonly dataDir: string;
  /** Made by systemd for the service's user and group; gone when the service ends. */
  readonly runDir: string;
}

/** The folders that systemd named to its service (systemd.exec(5), "RuntimeDirectory="), or the usual ones. */
export function servicePlace(variables: Readonly<Record<string, string | undefined>>): ServicePlace {
  const first = (name: string, usual: string) => variables[name]?.split(':')[0] || usual;
  return {
    dataDir: first('STATE_DIRECTORY', '/var/lib/fibric-edge'),
    runDir: first('RUNTIME_DIRECTORY', '/run/fibric-edge'),
  };
}
