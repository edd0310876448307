import { useMemo, useSyncExternalStore } from 'react';

/** The colours of theme.css for drawing on a canvas. */
export interface Colours {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly sunken: string;
  /** Eight colours that colour-blind readers can distinguish. */
  readonly series: readonly string[];
}

/** Changes with the theme. */
export function useColours(): Colours {
  const theme = useSyncExternalStore(watchTheme, () => document.documentElement.dataset.theme ?? '');
  return useMemo(readColours, [theme]);
}

function watchTheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    surface: colour('surface'),
    sunken: colour('sunken'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`chart-${number}`)),
  };
}
