/** What a person may ask of the tray. */
export type TrayCommand =
  | { readonly do: 'open'; readonly place: string }
  | { readonly do: 'test'; readonly connectorId: string; readonly name: string }
  | { readonly do: 'uninstall'; readonly connectorId: string; readonly name: string }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  | { readonly do: 'autostart'; readonly on: boolean }
  | { readonly do: 'update' }
  | { readonly do: 'put-back' }
  | { readonly do: 'leave-kiosk' }
  | { readonly do: 'quit' };

/** One line of the menu. Ids stay the same as long as the line means the same. */
export type TrayItem =
  | { readonly kind: 'separator' }
  | { readonly kind: 'text'; readonly id: string; readonly label: string }
  | { readonly kind: 'action'; readonly id: string; readonly label: string; readonly command: TrayCommand }
  | {
      readonly kind: 'check';
      readonly id: string;
      readonly label: string;
      readonly checked: boolean;
      readonly command: TrayCommand;
    }
  | { readonly kind: 'submenu'; readonly id: string; readonly label: string; readonly items: readonly TrayItem[] };
