/** GET /api/about: which deployment this is. */
export interface About {
  readonly bucket: string;
  readonly stateMachineArn: string;
  readonly region: string;
  readonly account: string;
  /** In front of every resource's name; empty for none. */
  readonly prefix: string;
  /** On this computer, against `daybook local`. */
  readonly isLocal: boolean;
  /** The kinds of file that a name can begin with. */
  readonly kinds: readonly string[];
  /** IANA name of the reporting time zone; `UTC` until KPIs were computed. */
  readonly timeZone: string;
  /** Of Daybook. */
  readonly version: string;
}
