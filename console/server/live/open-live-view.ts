import { catalog } from '../../../catalog/catalog';
import { eventContracts } from '../../../domain/events/event-files';
import { readValidateSettings } from '../../../operations/contracts/deployed-settings';
import type { Deployment } from '../../../operations/deployment';
import { s3Bucket } from '../../../storage/s3-bucket';
import { SharedLiveView } from './shared-live-view';

/** Less than a terminal's view may take, because the pipeline runs in the same process locally. */
const MEMORY_LIMIT = '96MB';
/** AWS bills the five lists of a look. */
const LOOK_PAUSE_MS = { local: 800, aws: 2_000 };

/** The live view of a deployment's console; undefined if no contract makes rows of events. */
export function liveViewOf(deployment: Deployment): SharedLiveView | undefined {
  const kinds = eventContracts(catalog.contracts);
  if (!kinds) return undefined;
  const open = async () => {
    const settings = await readValidateSettings(deployment);
    // Loads DuckDB only when it is needed.
    const { LiveView } = await import('../../../operations/live/live-view');
    return LiveView.open({
      bucket: s3Bucket(deployment.s3, deployment.bucket),
      kinds,
      settings,
      clock: () => new Date(),
      memoryLimit: MEMORY_LIMIT,
      threads: 1,
    });
  };
  return new SharedLiveView(open, deployment.isLocal ? LOOK_PAUSE_MS.local : LOOK_PAUSE_MS.aws);
}
