import type { NamedKind } from '../../domain/file-names';

/** GET /api/about: the deployment. */
export interface About {
  readonly bucket: string;
  readonly stateMachineArn: string;
  readonly region: string;
  readonly account: string;
  /** The prefix of all resource names; empty for none. */
  readonly prefix: string;
  /** True for a deployment of `daybook local`. */
  readonly isLocal: boolean;
  /** The kinds of files, with the patterns of their names. */
  readonly kinds: readonly NamedKind[];
  /** IANA name of the reporting time zone; `UTC` before the first KPIs. */
  readonly timeZone: string;
  /** The version of Daybook. */
  readonly version: string;
}
