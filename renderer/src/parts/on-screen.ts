/** Tells whether an element is in view, and each time that changes; returns what ends it. One observer for the page. */
export function watchOnScreen(element: Element, listener: (onScreen: boolean) => void): () => void {
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    observer.unobserve(element);
    listeners.delete(element);
  };
}

const listeners = new WeakMap<Element, (onScreen: boolean) => void>();
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
  },
  { rootMargin: '100px' },
);
