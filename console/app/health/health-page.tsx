import { Page } from '../shared/page';

export default function HealthPage() {
  return <Page title="Health">{null}</Page>;
}
