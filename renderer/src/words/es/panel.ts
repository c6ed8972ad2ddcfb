import type { Translated } from '../catalogue.ts';
import type * as source from '../en/panel.ts';

export const printer: Translated<typeof source.printer> = {
  title: 'Estado de la impresora',
  old: 'La impresora no responde ahora. Así estaba la última vez.',
  ready: 'Puede imprimir.',
  refused: 'Lo que se pida mientras tanto se rechaza y no se guarda: nada sale más tarde.',
};

export const printerSteps: Translated<typeof source.printerSteps> = {
  paper_out: 'Ponga un rollo y cierre la tapa.',
  paper_near_end: 'Tenga un rollo preparado.',
  paper_low: 'Tenga papel preparado.',
  cover_open: 'Cierre la tapa.',
  cutter_stuck: 'Apáguela, libere la cuchilla y enciéndala.',
  head_hot: 'Deje enfriar el cabezal; sigue por sí sola.',
  online_no: 'Mire la impresora: dice que no está en línea.',
  ribbon_out: 'Ponga una cinta nueva.',
};

export const kiosk: Translated<typeof source.kiosk> = {
  title: 'Panel',
  help: 'Ayuda',
  leave: 'Salir…',
  toHome: 'Cerrar el panel',
  devices: 'Dispositivos y conectores',
  pages: 'Páginas',
  before: 'Página anterior',
  after: 'Página siguiente',
  page: '{page} de {pages}',
  approvals: {
    one: '{count} aprobación espera',
    many: '{count} aprobaciones esperan',
    other: '{count} aprobaciones esperan',
  },
  pinKeys: 'Teclas para el PIN',
  erase: 'Borrar la última cifra',
  notKnown: 'No se sabe ahora mismo',
  helpTiles:
    'Cada ficha es un dispositivo. Lo que necesita a alguien va primero, con lo que hay que hacer. Pulse una ficha para ver más y probar el dispositivo; nada aquí hace que un dispositivo actúe por sí solo.',
  helpApprovals:
    'Cuando un programa tiene que preguntar a una persona, un botón abajo lo muestra con todo lo que pasaría.',
  helpLeave: 'Del panel se sale con su PIN: pulse Salir. Los nombres, las reglas y los programas se fijan fuera de él.',
  helpBrowser:
    'Esta es una página como las demás. Para una pantalla de la que no se salga sin PIN, use el modo quiosco del programa de escritorio (Ajustes, General).',
};

export const desktop: Translated<typeof source.desktop> = {
  title: 'Este programa de escritorio',
  agent: 'Agente',
  agentOfSystem: 'Funciona como servicio de este equipo',
  agentOfShell: 'Lo inició este programa',
  startsItself: 'Se inicia por sí solo cuando usted entra.',
  startsNot: 'No se inicia por sí solo.',
  autostartOn: 'Iniciar cuando yo entre',
  autostartOff: 'No iniciar más por sí solo',
  kiosk: 'Modo quiosco',
  kioskBody: 'Toda la pantalla muestra el panel, y solo el PIN permite salir.',
  kioskNoPin: 'Antes necesita un PIN. Fíjelo en una terminal de este equipo:',
  enterKiosk: 'Iniciar el modo quiosco',
  end: 'Fin',
  endOfSystem: 'El agente es un servicio: los dispositivos siguen funcionando cuando este programa termina.',
  endOfShell: 'El agente termina con este programa: los dispositivos dejan de atenderse.',
  quit: 'Terminar…',
  restart: 'Reiniciarlo',
  restartSystem: 'Funciona como servicio. Reinícielo: sudo systemctl restart fibric-edge',
  showLogs: 'Abrir la carpeta de los registros',
  logs: 'Registros del programa de escritorio',
  logsBody: 'Lo que escribieron el agente y este programa, como archivos.',
  signIn: 'Entrar de nuevo',
};
