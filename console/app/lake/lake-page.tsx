import { Page } from '../shared/page';

export default function LakePage() {
  return <Page title="Lake">{null}</Page>;
}
