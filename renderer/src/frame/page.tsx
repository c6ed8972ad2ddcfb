import { type ReactNode, useEffect, useRef } from 'react';

/**
 * One screen: its title, which has focus after a person came here, and its content. `aside` stands beside the title.
 */
export function Page({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Fibric Edge`;
  }, [title]);
  useEffect(() => {
    // At the first load focus belongs to the browser; and a sheet keeps what it has.
    if (arrived && document.querySelector('[role="dialog"]') === null) heading.current?.focus();
    arrived = true;
  }, []);
  return (
    <>
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </>
  );
}

let arrived = false;
