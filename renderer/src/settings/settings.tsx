import { Page } from '../frame/page.tsx';
import { type SettingsSection, settingsSections } from '../frame/places.ts';
import { PlaceTabs } from '../parts/place-tabs.tsx';
import { useWords } from '../words/language.ts';
import { DisplaySection } from './display-section.tsx';
import { GeneralSection } from './general-section.tsx';

/** What can be set on this machine, by section. */
export function Settings({ section }: { readonly section: SettingsSection }) {
  const { t, find } = useWords();
  return (
    <Page title={t('frame.settings')}>
      <PlaceTabs
        label={t('settings.sections')}
        current={section}
        tabs={settingsSections.map((key) => ({
          key,
          word: find('settings', `section_${key}`) ?? key,
          to: { at: 'settings', section: key },
        }))}
      />
      {section === 'display' ? <DisplaySection /> : <GeneralSection />}
    </Page>
  );
}
