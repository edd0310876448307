import { useId, useRef, useState } from 'react';
import { headerDecides, keyFault, rejectedForName } from '../../../domain/upload-keys';
import { useAbout } from '../shared/about';
import { shownKey } from './links';
import { uploads } from './uploads';

/** Uploads a fixed file in place of a rejected one, under the same or another key. */
export function UploadInPlace({ fileKey }: { readonly fileKey: string }) {
  const [name, setName] = useState(shownKey(fileKey));
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const kinds = useAbout()?.kinds;
  const key = `input/${name}`;
  const fault = keyFault(key);
  return (
    <div className="notice">
      <div className="row">
        <label htmlFor={id}>Upload the fixed file as input/</label>
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
          Choose fixed file
        </button>
      </div>
      <p className="small muted">
        {fault
          ? `Invalid name: ${fault}.`
          : (rejectedForName(key) ??
            (kinds && headerDecides(key, kinds)) ??
            'It is processed like any new file. This upload stays in rejected/.')}
      </p>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Fixed file"
        onChange={({ target }) => {
          const [content] = target.files ?? [];
          if (content) uploads.add([{ name, content }], '');
          target.value = '';
        }}
      />
    </div>
  );
}
