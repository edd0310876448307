import { z } from 'zod';

/** Before or after the request takes effect. */
const at = z.enum(['before', 'after']).default('before');

const effectSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('refuse'),
    /**
     * `internal` (500), `unavailable` (503) and `throttle` are the service's own errors, such as S3's SlowDown; `reset`
     * and `timeout` give no response. `conflict` (409) matches only conditional writes of S3, and `error-in-200` only its
     * copies and completions of multipart uploads. `inactive` is Lambda's rejection (409) while it prepares the image of a
     * function that was idle for weeks.
     */
    how: z
      .enum([
        'internal',
        'unavailable',
        'throttle',
        'conflict',
        'error-in-200',
        'inactive',
        'reset',
        'timeout',
      ])
      .default('internal'),
    /** The error code in a response with status 200. */
    code: z.string().min(1).default('InternalError'),
    /** Number of SDK attempts that fail. */
    attempts: z.number().int().positive().default(1),
    /** Time until a timeout drops the connection. */
    ms: z.number().int().nonnegative().default(1000),
  }),
  /** The request takes effect, then its connection is reset. */
  z.strictObject({ do: z.literal('lose-answer') }),
  /** The request takes effect immediately; its response is delayed. */
  z.strictObject({ do: z.literal('delay'), ms: z.number().int().nonnegative() }),
  /** SIGKILL for the calling process, or for the process that the call starts. */
  z.strictObject({ do: z.literal('kill'), at }),
  /** SIGKILL for the endpoint; its child processes end with it. */
  z.strictObject({ do: z.literal('kill-endpoint'), at }),
  /** A message of S3 or SNS is lost. */
  z.strictObject({ do: z.literal('drop') }),
  /** A message is sent twice; received messages are immediately visible again. */
  z.strictObject({ do: z.literal('twice') }),
  /** A message of S3 or SNS is delayed, so that later messages overtake it. */
  z.strictObject({ do: z.literal('late'), seconds: z.number().int().min(1).max(900) }),
]);
export type Effect = z.infer<typeof effectSchema>;
export type Refusal = Extract<Effect, { do: 'refuse' }>['how'];

/** `*` stands for any characters. */
const pattern = z.string().min(1).default('*');

/** A fault that occurs once, at the nth matching call after the rule was put. */
export const ruleSchema = z.strictObject({
  /** Service name in the credential scope: `s3`, `states`; `ecs` for RunTask. */
  service: pattern,
  operation: pattern,
  /** Role name, service principal (`s3.amazonaws.com`), or `local` for the account owner. */
  caller: pattern,
  /** As in the list of writes. */
  resource: pattern,
  nth: z.number().int().positive().default(1),
  effect: effectSchema,
});
export type Rule = z.infer<typeof ruleSchema>;
export type RuleInput = z.input<typeof ruleSchema>;
