import { useId, useRef, useState } from 'react';
import { keyFault, nameAdvice } from '../../../domain/upload-keys';
import { useAbout } from '../shared/about';
import { shownKey } from './links';
import { uploads } from './uploads';

/** A mended file from this computer in place of one that was rejected: under its key, or one that is better. */
export function UploadInPlace({ fileKey }: { readonly fileKey: string }) {
  const [name, setName] = useState(shownKey(fileKey));
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const kinds = useAbout()?.kinds ?? [];
  const key = `input/${name}`;
  const fault = keyFault(key);
  return (
    <div className="notice">
      <div className="row">
        <label htmlFor={id}>Upload the mended file as input/</label>
        <input
          id={id}
          className="in-place-name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <button
          type="button"
          className="primary"
          disabled={fault !== undefined}
          onClick={() => input.current?.click()}
        >
          Choose the mended file
        </button>
      </div>
      <p className="small muted">
        {fault
          ? `Not possible: ${fault}.`
          : (nameAdvice(key, kinds)?.text ??
            'It goes through like any new file; this upload stays below rejected/.')}
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Mended file"
        onChange={({ target }) => {
          const [content] = target.files ?? [];
          if (content) uploads.add([{ name, content }], '', kinds);
          target.value = '';
        }}
      />
    </div>
  );
}
