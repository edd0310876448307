export interface ThrottleSettings {
  /** Requests per second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

/** The limits of an account, which apply to a stage without its own. */
export const ACCOUNT_LIMITS: ThrottleSettings = { rate: 10_000, burst: 5000 };

/** A token bucket. */
export class Throttle {
  private tokens: number;
  private filledAt: number;

  /** @param now milliseconds */
  constructor(
    readonly settings: ThrottleSettings,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.tokens = settings.burst;
    this.filledAt = now();
  }

  /** False if the request must be refused. */
  take(): boolean {
    const now = this.now();
    const { rate, burst } = this.settings;
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAt) / 1000) * rate);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
