import { type ComponentType, useEffect, useState } from 'react';
import { Failure, Loading } from './shared/states';

/** A page with a bundle of its own. */
export interface OwnPage {
  readonly Page: ComponentType;
  /** Loads the bundle; a page that is loaded renders at once. */
  load(): Promise<void>;
}

/** Unlike `lazy`, whose fallback React keeps for 300 ms once it was shown. */
export function ownPage(importPage: () => Promise<{ readonly default: ComponentType }>): OwnPage {
  let loaded: ComponentType | undefined;
  const load = async () => {
    loaded ??= (await importPage()).default;
  };

  function Page() {
    const [Loaded, setLoaded] = useState(() => loaded);
    const [error, setError] = useState<Error>();
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      if (Loaded) return;
      setError(undefined);
      load().then(
        () => setLoaded(() => loaded),
        (failure: unknown) => setError(failure instanceof Error ? failure : new Error(String(failure))),
      );
    }, [Loaded, attempt]);
    if (Loaded) return <Loaded />;
    return error ? <Failure error={error} retry={() => setAttempt(attempt + 1)} /> : <Loading what="page" />;
  }

  return { Page, load };
}
