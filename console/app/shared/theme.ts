import { useEffect, useState, useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const KEY = 'daybook-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** The chosen theme (default: the system's) and a setter. Sets `data-theme` on the page. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const isSystemDark = useSyncExternalStore(
    (onChange) => {
      system.addEventListener('change', onChange);
      return () => system.removeEventListener('change', onChange);
    },
    () => system.matches,
  );
  const [chosen, setChosen] = useState(() => localStorage.getItem(KEY));
  const theme: Theme = (chosen ?? (isSystemDark ? 'dark' : 'light')) === 'dark' ? 'dark' : 'light';
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [
    theme,
    (choice) => {
      localStorage.setItem(KEY, choice);
      setChosen(choice);
    },
  ];
}
