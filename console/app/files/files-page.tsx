import { Page } from '../shared/page';

export default function FilesPage() {
  return <Page title="Files">{null}</Page>;
}
