import type { ReactNode } from 'react';
import { Page } from '../frame/page.tsx';
import { type SettingsSection, settingsSections } from '../frame/places.ts';
import { PlaceTabs } from '../parts/place-tabs.tsx';
import { useWords } from '../words/language.ts';
import { AccessSection } from './access-section.tsx';
import { DataSection } from './data-section.tsx';
import { DisplaySection } from './display-section.tsx';
import { GeneralSection } from './general-section.tsx';
import { SafetySection } from './safety-section.tsx';
import { SecretsSection } from './secrets-section.tsx';
import './settings.css';
import { UpdatesSection } from './updates-section.tsx';

const sections: Readonly<Record<SettingsSection, () => ReactNode>> = {
  general: GeneralSection,
  display: DisplaySection,
  safety: SafetySection,
  access: AccessSection,
  secrets: SecretsSection,
  data: DataSection,
  updates: UpdatesSection,
};

/** What can be set on this machine, by section. */
export function Settings({ section }: { readonly section: SettingsSection }) {
  const { t, find } = useWords();
  const Section = sections[section];
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
      <Section />
    </Page>
  );
}
