import { Link } from 'wouter';
import type { Declaration } from '../../../domain/declare';
import { CopyButton } from '../shared/copy-button';
import { FileText } from '../shared/file-text';

/** The lines that contracts lack, so that a file or its rows are accepted, ready to copy. */
export function LinesToAdd({ declarations }: { readonly declarations: readonly Declaration[] }) {
  if (declarations.length === 0) return null;
  return (
    <section className="lines-to-add" aria-label="Lines to add">
      {declarations.map((declaration) => (
        <LineToAdd key={JSON.stringify(declaration)} {...declaration} />
      ))}
    </section>
  );
}

function LineToAdd({ line, others, kind, column }: Declaration) {
  return (
    <div>
      <p>
        {others.length > 0 ? 'One of these lines' : 'This line'} belongs to{' '}
        {column !== undefined && (
          <>
            the column <code>{column}</code> in{' '}
          </>
        )}
        {kind === undefined ? (
          'the contract of its kind'
        ) : (
          <>
            the contract of <Link href={`~/contracts/${encodeURIComponent(kind)}`}>{kind}</Link>
          </>
        )}
        :
      </p>
      <ul>
        {[line, ...others].map((one) => (
          <li key={one} className="row">
            <code className="line-to-add">
              <FileText>{one}</FileText>
            </code>
            <CopyButton text={one} what={`the line ${one}`} />
          </li>
        ))}
      </ul>
    </div>
  );
}
