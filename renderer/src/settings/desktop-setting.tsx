import { go } from '../frame/router.tsx';
import { kioskPinSchema } from '../live/wire.ts';
import { Command } from '../parts/command.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import type { Shell } from '../shell/shell.ts';
import { useShell } from '../shell/shell.ts';
import { ShellButton } from '../shell/shell-button.tsx';
import { useWords } from '../words/language.ts';

/** What belongs to the desktop program around this page: its start, kiosk mode, its end. */
export function DesktopSetting({ shell }: { readonly shell: Shell }) {
  const { t } = useWords();
  const desktop = useShell();
  const { fetched } = useFetched('/v1/kiosk/pin', kioskPinSchema);
  if (desktop === null) return null;
  const pinSet = fetched.state === 'there' && fetched.value.set;
  return (
    <section className="setting" data-desktop>
      <h2>{t('desktop.title')}</h2>
      <dl className="facts">
        <dt>{t('settings.version')}</dt>
        <dd>{desktop.version}</dd>
        <dt>{t('desktop.agent')}</dt>
        <dd>{t(desktop.agentOwner === 'system' ? 'desktop.agentOfSystem' : 'desktop.agentOfShell')}</dd>
      </dl>
      {desktop.autostart !== null && (
        <>
          <p>{t(desktop.autostart ? 'desktop.startsItself' : 'desktop.startsNot')}</p>
          <ShellButton
            label={t(desktop.autostart ? 'desktop.autostartOff' : 'desktop.autostartOn')}
            act={() => shell.setAutostart(desktop.autostart !== true)}
          />
        </>
      )}
      <h3>{t('desktop.kiosk')}</h3>
      <p>{t('desktop.kioskBody')}</p>
      {fetched.state === 'there' && !pinSet && (
        <>
          <p>{t('desktop.kioskNoPin')}</p>
          <Command text="fibric-edge kiosk pin set" />
        </>
      )}
      <ShellButton
        label={t('desktop.enterKiosk')}
        disabled={!pinSet}
        act={async () => {
          await shell.enterKiosk();
          go({ at: 'kiosk' });
        }}
      />
      <h3>{t('desktop.end')}</h3>
      <p>{t(desktop.agentOwner === 'system' ? 'desktop.endOfSystem' : 'desktop.endOfShell')}</p>
      <ShellButton label={t('desktop.quit')} act={() => shell.quit()} />
    </section>
  );
}
