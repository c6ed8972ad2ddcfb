import { Menu, type MenuItemConstructorOptions, Tray } from 'electron/main';
import type { TrayCommand, TrayItem } from '../tray-item.ts';
import type { TrayModel } from '../tray-menu.ts';
import type { TrayShape } from '../verdict.ts';
import { trayIcon } from './tray-icon.ts';

/** The icon beside the clock. */
export interface AppTray {
  set(model: TrayModel): void;
  /** The menu as it was built last, and what from, for tests. */
  menu(): Menu | null;
  model(): TrayModel | null;
}

/** Makes the tray when it is first set; a desktop without one is fine. */
export function createAppTray(platform: NodeJS.Platform, onCommand: (command: TrayCommand) => void): AppTray {
  let tray: Tray | null = null;
  let menu: Menu | null = null;
  let shape: TrayShape | null = null;
  let impossible = false;
  let isOpen = false;
  let pending: TrayModel | null = null;
  let shown: TrayModel | null = null;

  const apply = (model: TrayModel) => {
    shown = model;
    menu = Menu.buildFromTemplate(model.items.map((item) => template(item, onCommand)));
    menu.on('menu-will-show', () => {
      isOpen = true;
    });
    menu.on('menu-will-close', () => {
      isOpen = false;
      const next = pending;
      pending = null;
      if (next !== null) apply(next);
    });
    if (impossible) return;
    try {
      if (tray === null) {
        tray = new Tray(trayIcon(model.shape, platform));
        // A left click on Windows, and whatever counts as activation on Linux; macOS opens the menu.
        if (platform !== 'darwin') tray.on('click', () => onCommand({ do: 'open', place: '/' }));
      } else if (shape !== model.shape) tray.setImage(trayIcon(model.shape, platform));
      shape = model.shape;
      tray.setToolTip(model.tooltip);
      tray.setContextMenu(menu);
    } catch {
      // No tray on this desktop: everything is in the window, which a second start shows.
      impossible = true;
    }
  };

  return {
    set(model) {
      // A menu that changes under the pointer is clicked wrong.
      if (isOpen) pending = model;
      else apply(model);
    },
    menu: () => menu,
    model: () => shown,
  };
}

function template(item: TrayItem, onCommand: (command: TrayCommand) => void): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'text':
      return { id: item.id, label: item.label, enabled: false };
    case 'action':
      return { id: item.id, label: item.label, click: () => onCommand(item.command) };
    case 'check':
      return {
        id: item.id,
        label: item.label,
        type: 'checkbox',
        checked: item.checked,
        click: () => onCommand(item.command),
      };
    case 'submenu':
      return {
        id: item.id,
        label: item.label,
        submenu: item.items.map((inner) => template(inner, onCommand)),
      };
  }
}
