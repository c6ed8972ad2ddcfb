import type { Translated } from '../catalogue.ts';
import type * as source from '../en/tests.ts';

export const tests: Translated<typeof source.tests> = {
  title: 'Prueba',
  body: 'Se lee de verdad; las acciones se intentan sin actuar. El resultado se guarda.',
  progress: '{done} de {total}',
  kept: 'Pruebas guardadas',
  none: 'Aún sin probar',
  noneBody: 'La primera prueba superada demuestra que este dispositivo funciona aquí.',
  record: 'Acta de puesta en marcha',
  connector: 'Conector',
  at: 'Probado',
  by: 'Por',
  circumstances: 'Con',
  print: 'Imprimir…',
  save: 'Guardar',
};

export const mcp: Translated<typeof source.mcp> = {
  title: 'Usar con un cliente MCP',
  body: 'Este conector es un servidor MCP propio. Un programa de este equipo puede usarlo de dos maneras.',
  stdio: 'Iniciado por el cliente',
  stdioBody: 'Para asistentes de escritorio y editores. No hace falta token: el cliente se ejecuta como usted.',
  http: 'Por HTTP',
  httpBody: 'Para scripts y servicios. Necesita un token con los permisos que deba tener; créelo en Ajustes, Acceso.',
  toTokens: 'Crear un token',
  clientConfig: 'Qué poner en la configuración del cliente',
  command: 'O deje que se escriba solo',
  tools: 'Lo que ve el cliente',
  toolAct: 'actúa',
  toolRead: 'lee',
  noCommand: 'Este agente vino sin una línea de comandos que un cliente pueda iniciar. Úselo por HTTP.',
};
