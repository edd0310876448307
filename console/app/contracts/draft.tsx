import { useMutation } from '@tanstack/react-query';
import type { ContractDraft } from '../../api/contracts';
import { saveAs } from '../shared/api';
import { CopyButton } from '../shared/copy-button';
import { Failure } from '../shared/states';
import { TextBlock } from '../shared/text-block';
import './draft.css';

/** Drafts a contract for a file that no contract describes, to copy or to download. */
export function DraftContract({ draft }: { readonly draft: () => Promise<ContractDraft> }) {
  const drafting = useMutation({ mutationFn: draft });
  const { data, error, isPending } = drafting;
  return (
    <section className="draft" aria-label="Draft of a contract">
      <div className="row">
        <button type="button" disabled={isPending} onClick={() => drafting.mutate()}>
          {isPending ? 'Reading all rows…' : 'Draft a contract'}
        </button>
        <span className="muted small">
          from all values of the file. Lines with “decide:” say what the values do not tell.
        </span>
      </div>
      {error && <Failure error={error} />}
      {data && (
        <>
          <TextBlock label={`Draft of the contract of ${data.kind}`} text={data.yaml} />
          <div className="row">
            <CopyButton text={data.yaml} what="the draft" />
            <button
              type="button"
              className="small"
              onClick={() => saveAs(new Blob([data.yaml], { type: 'application/yaml' }), `${data.kind}.yaml`)}
            >
              Download {data.kind}.yaml
            </button>
          </div>
        </>
      )}
    </section>
  );
}
