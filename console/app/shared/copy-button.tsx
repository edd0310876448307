import { useEffect, useState } from 'react';

const SHOWN_MS = 3000;

/** A button that copies a text to the clipboard and says so. */
export function CopyButton({
  text,
  what,
}: {
  readonly text: string;
  /** What is copied, for screen readers: `the line for created_at`. */
  readonly what: string;
}) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  useEffect(() => {
    if (state === 'ready') return;
    const timer = setTimeout(() => setState('ready'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  return (
    <span className="copy">
      <button type="button" className="small" aria-label={`Copy ${what}`} onClick={() => void copy()}>
        Copy
      </button>
      <span role="status" className="small">
        {state === 'copied' && 'Copied'}
        {state === 'failed' && 'Not copied: the browser does not allow it. Select the text instead.'}
      </span>
    </span>
  );
}
