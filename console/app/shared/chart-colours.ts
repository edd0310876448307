import { useMemo, useSyncExternalStore } from 'react';

/** What a canvas is painted with: the page's own colours, as theme.css has them. */
export interface Colours {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly sunken: string;
  /** Eight that can be told apart, by colour-blind readers too. */
  readonly series: readonly string[];
}

/** Other ones as soon as the theme changes. */
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
