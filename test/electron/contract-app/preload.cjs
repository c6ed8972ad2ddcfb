const { contextBridge, ipcRenderer } = require('electron/renderer');

contextBridge.exposeInMainWorld('contract', {
  number: 7,
  nested: { list: [1, 2] },
  echo: (value) => ipcRenderer.invoke('echo', value),
  kind: () => ipcRenderer.invoke('kind', new Map([['a', 1]])),
  invoke: (channel) => ipcRenderer.invoke(channel),
  uncloneable: () => ipcRenderer.invoke('echo', () => {}),
  sum: (left, right) => left + right,
  fail: () => {
    throw new Error('thrown in the preload');
  },
  later: async (value) => value * 2,
  callBack: (listener) => listener('heard'),
});
