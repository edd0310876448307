/** An application as the template has it. */
export interface Application {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly releaseLabel: string;
  /** The local file of an entry point that is an asset of the template. */
  readonly assetOf: (uri: string) => string | undefined;
}
