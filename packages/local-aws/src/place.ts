/** The account and region that every service answers for. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export const DEFAULT_PLACE: Place = { account: '000000000000', region: 'us-east-1' };
