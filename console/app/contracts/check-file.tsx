import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useSearchParams } from 'wouter';
import { type FileCheck, isFaulty, MAX_CHECKED_BYTES } from '../../api/checks';
import type { ListedContract } from '../../api/contracts';
import { CheckView } from '../files/check-view';
import { putFile } from '../shared/api';
import { FileText } from '../shared/file-text';
import { formatBytes } from '../shared/format';
import { Card } from '../shared/page';
import { Failure, Loading } from '../shared/states';
import { Badge } from '../shared/status';
import { DraftContract } from './draft';
import { draftFromFile } from './queries';

interface Checked {
  readonly file: File;
  readonly check: FileCheck;
}

/**
 * Checks a file of this computer as validate does, without an upload.
 * @param contracts to choose from; with a single one, the file is read by it
 */
export function CheckFile({ contracts }: { readonly contracts: readonly ListedContract[] }) {
  const [search, setSearch] = useSearchParams();
  const [only] = contracts.length === 1 ? contracts : [];
  const contract = only?.name ?? search.get('contract') ?? '';
  const input = useRef<HTMLInputElement>(null);
  const aborter = useRef<AbortController>(undefined);
  useEffect(() => () => aborter.current?.abort(), []);
  const checking = useMutation({
    mutationFn: async (file: File): Promise<Checked> => {
      if (file.size > MAX_CHECKED_BYTES) {
        throw new Error(
          `The file has ${formatBytes(file.size)}, and the page checks files up to ${formatBytes(MAX_CHECKED_BYTES)}. Use daybook contract check for larger ones.`,
        );
      }
      aborter.current?.abort();
      aborter.current = new AbortController();
      const query = { key: `input/${file.name}`, contract: contract || undefined };
      const { signal } = aborter.current;
      return { file, check: await putFile<FileCheck>('files/check', query, file, signal) };
    },
  });
  const choose = (name: string) => {
    checking.reset();
    setSearch((current) => {
      const next = new URLSearchParams(current);
      if (name === '') next.delete('contract');
      else next.set('contract', name);
      return next;
    });
  };
  return (
    <Card title="Check a file">
      <p className="contracts-note muted">
        Shows what the pipeline would do with a file of this computer
        {only ? `, read by the contract ${only.name} whatever its name and header` : ''}. Nothing is uploaded
        or kept.
      </p>
      <div className="row">
        {!only && (
          <label className="row">
            By the contract
            <select value={contract} onChange={({ target }) => choose(target.value)}>
              <option value="">that matches</option>
              {contracts.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" className="primary" onClick={() => input.current?.click()}>
          Choose a file
        </button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="File to check"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) checking.mutate(file);
            // Allows choosing the same file again.
            target.value = '';
          }}
        />
      </div>
      {checking.isPending && <Loading what="and checking the file" />}
      {checking.error && <Failure error={checking.error} />}
      {checking.data && !checking.isPending && <Result {...checking.data} />}
    </Card>
  );
}

function Result({ file, check }: Checked) {
  const tone = check.outcome === 'rejected' ? 'bad' : isFaulty(check) ? 'warn' : 'good';
  const word = { bad: 'would be rejected', warn: 'some rows would be rejected', good: 'would be accepted' };
  return (
    <section aria-label="Result of the check" className="check-result">
      <p className="row" role="status">
        <strong>
          <FileText>{file.name}</FileText>
        </strong>
        <span className="muted small">{formatBytes(file.size)}</span>
        <Badge tone={tone}>{word[tone]}</Badge>
      </p>
      <CheckView check={check} isOpen />
      {check.reason?.is_unknown && (
        <DraftContract draft={() => draftFromFile(file, new AbortController().signal)} />
      )}
    </section>
  );
}
