import './lineage.css';
import { useSearchParams } from 'wouter';
import { namedRow } from './address';
import { ChooseRow } from './choose-row';
import { MartRow } from './mart-row';
import { StagedRow } from './staged-row';

/** `?mart=` or `?table=staging/...` with the key of a row shows where its values come from, one level per page. */
export default function LineagePage() {
  const [search] = useSearchParams();
  const named = namedRow(search);
  const id = JSON.stringify(named);
  if (!named) return <ChooseRow />;
  return 'mart' in named ? (
    <MartRow key={id} mart={named.mart} rowKey={named.key} />
  ) : (
    <StagedRow key={id} kind={named.kind} rowKey={named.key} />
  );
}
