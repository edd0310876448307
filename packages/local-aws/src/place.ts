/** The account and region of every service. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export const DEFAULT_PLACE: Place = { account: '000000000000', region: 'us-east-1' };
