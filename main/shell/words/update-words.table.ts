import type { NoteWords, QuestionWords } from './short-texts.ts';

/** What the shell says of updates. */
export interface UpdateWords {
  /** Lines of the tray's menu. */
  readonly ready: (version: string) => string;
  readonly waits: (version: string) => string;
  readonly fetching: (version: string, percent: number) => string;
  readonly restart: (version: string) => string;
  readonly installing: (version: string) => string;
  readonly failed: (version: string) => string;
  readonly putBack: (version: string) => string;
  readonly askUpdate: (version: string) => QuestionWords;
  /** As above, where no agent could be asked. */
  readonly askUnasked: (version: string) => QuestionWords;
  readonly askRestart: (version: string) => QuestionWords;
  readonly askPutBack: (version: string) => QuestionWords;
  readonly noteReady: (version: string) => NoteWords;
  readonly noteUpdated: (version: string) => NoteWords;
  readonly noteNotTaken: (to: string, from: string) => NoteWords;
  readonly noteAgentDown: (to: string) => NoteWords;
  readonly notePutBack: (version: string) => NoteWords;
}

const en: UpdateWords = {
  ready: (version) => `Update to ${version}…`,
  waits: (version) => `Version ${version} is ready, waits for actions…`,
  fetching: (version, percent) => `Version ${version} is fetched: ${percent} %`,
  restart: (version) => `Version ${version} is installed: restart…`,
  installing: (version) => `Version ${version} is put in place…`,
  failed: (version) => `The update to ${version} did not work…`,
  putBack: (version) => `Go back to ${version}…`,
  askUpdate: (version) => ({
    message: `Update to version ${version}?`,
    detail: 'Fibric Edge ends and starts again. Meanwhile programs can’t reach the devices. Nothing is open now.',
    keep: 'Later',
    go: 'Update',
  }),
  askUnasked: (version) => ({
    message: `Update to version ${version} without asking the agent?`,
    detail: 'No agent answers, so nobody can say whether an action is open. Look at the devices first.',
    keep: 'Later',
    go: 'Update all the same',
  }),
  askRestart: (version) => ({
    message: `Restart into version ${version}?`,
    detail: 'It was installed by the package manager. Meanwhile programs can’t reach the devices. Nothing is open now.',
    keep: 'Later',
    go: 'Restart',
  }),
  askPutBack: (version) => ({
    message: `Go back to version ${version}?`,
    detail: 'The version before is put back in place. What the newer one has converted it may not be able to read.',
    keep: 'Stay',
    go: 'Go back',
  }),
  noteReady: (version) => ({ title: `Version ${version} is ready`, body: 'Install it when it suits you.' }),
  noteUpdated: (version) => ({ title: 'Updated', body: `This is version ${version}.` }),
  noteNotTaken: (to, from) => ({ title: `The update to ${to} did not take`, body: `This is still version ${from}.` }),
  noteAgentDown: (to) => ({
    title: `The agent of version ${to} does not start`,
    body: 'The devices can’t be reached.',
  }),
  notePutBack: (version) => ({ title: `Version ${version} is back`, body: 'The newer one did not work here.' }),
};

const de: UpdateWords = {
  ready: (version) => `Auf ${version} aktualisieren…`,
  waits: (version) => `Version ${version} ist bereit, wartet auf Aktionen…`,
  fetching: (version, percent) => `Version ${version} wird geholt: ${percent} %`,
  restart: (version) => `Version ${version} ist installiert: neu starten…`,
  installing: (version) => `Version ${version} wird eingesetzt…`,
  failed: (version) => `Die Aktualisierung auf ${version} ist misslungen…`,
  putBack: (version) => `Zurück zu ${version}…`,
  askUpdate: (version) => ({
    message: `Auf Version ${version} aktualisieren?`,
    detail:
      'Fibric Edge endet und startet neu. So lange erreichen Programme die Geräte nicht. Im Augenblick ist nichts offen.',
    keep: 'Später',
    go: 'Aktualisieren',
  }),
  askUnasked: (version) => ({
    message: `Auf Version ${version} aktualisieren, ohne den Agenten zu fragen?`,
    detail: 'Kein Agent antwortet: Ob eine Aktion offen ist, weiß niemand. Sehen Sie erst nach den Geräten.',
    keep: 'Später',
    go: 'Trotzdem aktualisieren',
  }),
  askRestart: (version) => ({
    message: `In Version ${version} neu starten?`,
    detail:
      'Die Paketverwaltung hat sie installiert. So lange erreichen Programme die Geräte nicht. Im Augenblick ist nichts offen.',
    keep: 'Später',
    go: 'Neu starten',
  }),
  askPutBack: (version) => ({
    message: `Zurück zu Version ${version}?`,
    detail:
      'Die vorige Version kommt wieder an ihren Platz. Was die neuere umgewandelt hat, kann sie vielleicht nicht lesen.',
    keep: 'Bleiben',
    go: 'Zurück',
  }),
  noteReady: (version) => ({ title: `Version ${version} ist bereit`, body: 'Installieren Sie sie, wenn es passt.' }),
  noteUpdated: (version) => ({ title: 'Aktualisiert', body: `Das ist Version ${version}.` }),
  noteNotTaken: (to, from) => ({
    title: `Die Aktualisierung auf ${to} kam nicht an`,
    body: `Das ist noch Version ${from}.`,
  }),
  noteAgentDown: (to) => ({
    title: `Der Agent der Version ${to} startet nicht`,
    body: 'Die Geräte sind nicht erreichbar.',
  }),
  notePutBack: (version) => ({ title: `Version ${version} ist zurück`, body: 'Die neuere lief hier nicht.' }),
};

const es: UpdateWords = {
  ready: (version) => `Actualizar a ${version}…`,
  waits: (version) => `La versión ${version} está lista, espera a las acciones…`,
  fetching: (version, percent) => `Descargando la versión ${version}: ${percent} %`,
  restart: (version) => `La versión ${version} está instalada: reiniciar…`,
  installing: (version) => `Instalando la versión ${version}…`,
  failed: (version) => `La actualización a ${version} no funcionó…`,
  putBack: (version) => `Volver a ${version}…`,
  askUpdate: (version) => ({
    message: `¿Actualizar a la versión ${version}?`,
    detail:
      'Fibric Edge termina y vuelve a empezar. Mientras tanto los programas no llegan a los dispositivos. Ahora no hay nada abierto.',
    keep: 'Más tarde',
    go: 'Actualizar',
  }),
  askUnasked: (version) => ({
    message: `¿Actualizar a la versión ${version} sin preguntar al agente?`,
    detail: 'Ningún agente responde: nadie sabe si hay una acción abierta. Mire antes los dispositivos.',
    keep: 'Más tarde',
    go: 'Actualizar de todos modos',
  }),
  askRestart: (version) => ({
    message: `¿Reiniciar con la versión ${version}?`,
    detail:
      'La instaló el gestor de paquetes. Mientras tanto los programas no llegan a los dispositivos. Ahora no hay nada abierto.',
    keep: 'Más tarde',
    go: 'Reiniciar',
  }),
  askPutBack: (version) => ({
    message: `¿Volver a la versión ${version}?`,
    detail: 'La versión anterior vuelve a su sitio. Quizá no pueda leer lo que la nueva convirtió.',
    keep: 'Quedarse',
    go: 'Volver',
  }),
  noteReady: (version) => ({ title: `La versión ${version} está lista`, body: 'Instálela cuando le convenga.' }),
  noteUpdated: (version) => ({ title: 'Actualizado', body: `Esta es la versión ${version}.` }),
  noteNotTaken: (to, from) => ({
    title: `La actualización a ${to} no se hizo`,
    body: `Esta sigue siendo la versión ${from}.`,
  }),
  noteAgentDown: (to) => ({
    title: `El agente de la versión ${to} no arranca`,
    body: 'No se puede llegar a los dispositivos.',
  }),
  notePutBack: (version) => ({ title: `Ha vuelto la versión ${version}`, body: 'La nueva no funcionó aquí.' }),
};

const zh: UpdateWords = {
  ready: (version) => `更新到 ${version}…`,
  waits: (version) => `版本 ${version} 已就绪，等待操作结束…`,
  fetching: (version, percent) => `正在下载版本 ${version}：${percent} %`,
  restart: (version) => `版本 ${version} 已安装：请重新启动…`,
  installing: (version) => `正在安装版本 ${version}…`,
  failed: (version) => `更新到 ${version} 未成功…`,
  putBack: (version) => `退回到 ${version}…`,
  askUpdate: (version) => ({
    message: `更新到版本 ${version}？`,
    detail: 'Fibric Edge 将结束并重新启动。其间程序无法访问设备。目前没有未完成的操作。',
    keep: '以后',
    go: '更新',
  }),
  askUnasked: (version) => ({
    message: `不询问代理就更新到版本 ${version}？`,
    detail: '没有代理应答，无法知道是否有未完成的操作。请先查看设备。',
    keep: '以后',
    go: '仍然更新',
  }),
  askRestart: (version) => ({
    message: `重新启动到版本 ${version}？`,
    detail: '它已由软件包管理器安装。其间程序无法访问设备。目前没有未完成的操作。',
    keep: '以后',
    go: '重新启动',
  }),
  askPutBack: (version) => ({
    message: `退回到版本 ${version}？`,
    detail: '将恢复之前的版本。新版本转换过的数据，它可能无法读取。',
    keep: '保留',
    go: '退回',
  }),
  noteReady: (version) => ({ title: `版本 ${version} 已就绪`, body: '请在方便时安装。' }),
  noteUpdated: (version) => ({ title: '已更新', body: `当前版本为 ${version}。` }),
  noteNotTaken: (to, from) => ({ title: `更新到 ${to} 未生效`, body: `当前仍为版本 ${from}。` }),
  noteAgentDown: (to) => ({ title: `版本 ${to} 的代理无法启动`, body: '无法访问设备。' }),
  notePutBack: (version) => ({ title: `已恢复版本 ${version}`, body: '新版本在此无法运行。' }),
};

/** By language, as {@link ShellWords}. */
export const updateWords = { en, de, es, zh } as const;
