import { Page } from '../shared/page';

export default function KpisPage() {
  return <Page title="KPIs">{null}</Page>;
}
