import { Component, type ReactNode } from 'react';
import { currentWords } from '../words/language.ts';

/** Keeps a fault in one screen from taking the frame with it: the stop for all actions and the way home stay. */
export class FaultGuard extends Component<
  { readonly children: ReactNode; readonly place: string },
  { readonly fault: string | null; readonly place: string }
> {
  override state: { readonly fault: string | null; readonly place: string } = { fault: null, place: this.props.place };

  static getDerivedStateFromError(error: unknown): { readonly fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  static getDerivedStateFromProps(
    props: { readonly place: string },
    state: { readonly place: string },
  ): { readonly fault: null; readonly place: string } | null {
    return props.place === state.place ? null : { fault: null, place: props.place };
  }

  override render(): ReactNode {
    if (this.state.fault === null) return this.props.children;
    const { t } = currentWords();
    return (
      <div className="problem" role="alert">
        <p>{t('frame.pageFault')}</p>
        <p>
          <code>{this.state.fault}</code>
        </p>
        <button type="button" onClick={() => window.location.reload()}>
          {t('frame.reload')}
        </button>
      </div>
    );
  }
}
