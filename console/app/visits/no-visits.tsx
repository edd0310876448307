import { Link } from 'wouter';
import { Empty } from '../shared/states';

/** Shown by the pages on visits while there are no events. */
export function NoVisits() {
  return (
    <Empty title="There are no visits yet">
      Send events to <code>POST /events</code>, or try it with <code>daybook events send</code>. Files of
      events can be uploaded on the <Link href="~/files">Files</Link> page. Visits appear once an execution
      has processed the events.
    </Empty>
  );
}
