import { useWords } from '../words/language.ts';

/** What the agent says in its own words, which are English whatever the page's language is. */
export function AgentText({ children }: { readonly children: string }) {
  const { language } = useWords();
  return language === 'en' ? children : <span lang="en">{children}</span>;
}
