import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type { MenuItemConstructorOptions } from 'electron/main';
import { type HostState, needsReady } from './host-state.ts';

class MenuItem {
  readonly id: string | undefined;
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  checked: boolean;
  readonly submenu: Menu | undefined;
  readonly click: () => void;
  constructor(options: MenuItemConstructorOptions) {
    this.id = options.id;
    this.label = options.label ?? '';
    this.type = options.type ?? (options.submenu === undefined ? 'normal' : 'submenu');
    this.enabled = options.enabled ?? true;
    this.checked = options.checked ?? false;
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : undefined;
    this.click = () => {
      if (!this.enabled) return;
      if (this.type === 'checkbox') this.checked = !this.checked;
      options.click?.(this as never, undefined, {} as never);
    };
  }
}

/** `Menu` of Electron: what it holds can be read and clicked; nothing is drawn. */
export class Menu extends EventEmitter {
  readonly items: MenuItem[] = [];
  static #application: Menu | null = null;
  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): Menu {
    const menu = new Menu();
    menu.items.push(...template.map((options) => new MenuItem(options)));
    return menu;
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      if (item.id === id) return item;
      const inner = item.submenu?.getMenuItemById(id) ?? null;
      if (inner !== null) return inner;
    }
    return null;
  }
}

/** `nativeImage` of Electron, as far as a file that is there. */
export const nativeImage = {
  createFromPath(path: string) {
    const isThere = existsSync(path);
    return { isEmpty: () => !isThere, setTemplateImage: () => {}, standInPath: path };
  },
};

/** Makes `Tray` and `Notification`, which record what they are told. `noTray`: as on a desktop without one. */
export function makeTrayAndNotification(state: HostState) {
  class Tray extends EventEmitter {
    standIn = { image: '', tooltip: '', menu: null as Menu | null };
    constructor(image: { isEmpty(): boolean; standInPath: string }) {
      super();
      needsReady(state, 'Tray');
      if (process.env['STAND_IN_NO_TRAY'] === '1') throw new Error('There is no tray here.');
      this.setImage(image);
    }
    setImage(image: { isEmpty(): boolean; standInPath: string }): void {
      if (image.isEmpty()) throw new Error(`Failed to load image from path '${image.standInPath}'`);
      this.standIn.image = image.standInPath;
    }
    setToolTip(text: string): void {
      this.standIn.tooltip = text;
    }
    setContextMenu(menu: Menu | null): void {
      this.standIn.menu = menu;
    }
    destroy(): void {}
  }

  class Notification extends EventEmitter {
    readonly title: string;
    readonly body: string;
    readonly silent: boolean;
    constructor(options: { title?: string; body?: string; silent?: boolean }) {
      super();
      this.title = options.title ?? '';
      this.body = options.body ?? '';
      this.silent = options.silent ?? false;
    }
    static isSupported = (): boolean => true;
    show(): void {
      this.emit('show');
    }
    close(): void {
      this.emit('close');
    }
  }
  return { Tray, Notification };
}
