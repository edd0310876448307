import { useSearchParams } from 'wouter';

/** Which version the address asks for: of a number that is none, or beyond the newest, the newest. */
export function useVersion(newest: number): [version: number, choose: (version: number | null) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.get('version') ?? '';
  const asked = /^\d+$/.test(text) ? Number(text) : newest;
  const choose = (version: number | null) =>
    setSearch((current) => {
      const next = new URLSearchParams(current);
      if (version === null) next.delete('version');
      else next.set('version', String(version));
      // A file is one of a version.
      next.delete('file');
      return next;
    });
  return [Math.min(asked, newest), choose];
}

/** Goes back in time, and forth. */
export function VersionPicker({ newest }: { readonly newest: number }) {
  const [version, choose] = useVersion(newest);
  const go = (to: number) => choose(to >= newest ? null : Math.max(0, to));
  return (
    <fieldset className="row bare" aria-label="Version">
      <button type="button" disabled={version === 0} onClick={() => go(version - 1)}>
        <span aria-hidden="true">←</span> Older
      </button>
      <label className="row">
        Version
        <input
          type="number"
          className="version"
          min={0}
          max={newest}
          value={version}
          onChange={({ target }) => {
            if (target.value !== '') go(Number.parseInt(target.value, 10));
          }}
        />
      </label>
      <button type="button" disabled={version === newest} onClick={() => go(version + 1)}>
        Newer <span aria-hidden="true">→</span>
      </button>
      {version === newest ? (
        <span className="muted small">the newest</span>
      ) : (
        <button type="button" onClick={() => choose(null)}>
          Newest ({newest})
        </button>
      )}
    </fieldset>
  );
}
