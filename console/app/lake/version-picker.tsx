import { useSearchParams } from 'wouter';

/** The version in the URL; the newest if it is missing, invalid or too large. */
export function useVersion(newest: number): [version: number, choose: (version: number | null) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.get('version') ?? '';
  const requested = /^\d+$/.test(text) ? Number(text) : newest;
  const choose = (version: number | null) =>
    setSearch((current) => {
      const next = new URLSearchParams(current);
      if (version === null) next.delete('version');
      else next.set('version', String(version));
      // A file may not exist in another version.
      next.delete('file');
      return next;
    });
  return [Math.min(requested, newest), choose];
}

/** Selects an older or newer version. */
export function VersionPicker({ newest }: { readonly newest: number }) {
  const [version, choose] = useVersion(newest);
  const select = (to: number) => choose(to >= newest ? null : Math.max(0, to));
  return (
    <fieldset className="row bare" aria-label="Version">
      <button type="button" disabled={version === 0} onClick={() => select(version - 1)}>
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
            if (target.value !== '') select(Number.parseInt(target.value, 10));
          }}
        />
      </label>
      <button type="button" disabled={version === newest} onClick={() => select(version + 1)}>
        Newer <span aria-hidden="true">→</span>
      </button>
      {version === newest ? (
        <span className="muted small">newest</span>
      ) : (
        <button type="button" onClick={() => choose(null)}>
          Newest ({newest})
        </button>
      )}
    </fieldset>
  );
}
