import { Page } from '../shared/page';

export default function ExecutionsPage() {
  return <Page title="Executions">{null}</Page>;
}
