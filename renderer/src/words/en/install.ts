/** Install. */
export const install = {
  title: 'Install · {name}',
  driver: 'Driver',
  choose: 'Choose…',
  name: 'Name, for instance where it stands',
  options: 'Line and other settings',
  cancel: 'Cancel',
  install: 'Install',
  installing: 'Installing…',
  installed: '{name} is installed.',
  hasConnector: 'This device is used by the connector',
  catalogue: 'What can be installed',
} as const;
