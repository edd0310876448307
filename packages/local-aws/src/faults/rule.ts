import { z } from 'zod';

/** Relative to what the request does. */
const at = z.enum(['before', 'after']).default('before');

/** What happens to the request that a fault meets. */
export const effectSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('refuse'),
    /**
     * `internal` 500, `unavailable` 503 and `throttle` are answers in the service's words (S3's SlowDown), `reset` and
     * `timeout` are none.
     */
    how: z.enum(['internal', 'unavailable', 'throttle', 'reset', 'timeout']).default('internal'),
    /** How many attempts of the caller's SDK at this one call. */
    attempts: z.number().int().positive().default(1),
    /** Until a timeout drops the connection. */
    ms: z.number().int().nonnegative().default(1000),
  }),
  /** The request takes effect, then its connection is reset. */
  z.strictObject({ do: z.literal('lose-answer') }),
  /** The request takes effect at once, and is answered late. */
  z.strictObject({ do: z.literal('delay'), ms: z.number().int().nonnegative() }),
  /** SIGKILL for the calling process, or for the one that the call starts. */
  z.strictObject({ do: z.literal('kill'), at }),
  /** SIGKILL for the endpoint, with everything that it runs. */
  z.strictObject({ do: z.literal('kill-endpoint'), at }),
  /** A message of S3 or SNS never reaches the queue. */
  z.strictObject({ do: z.literal('drop') }),
  /** A message is sent twice; received messages are at once there to be received again. */
  z.strictObject({ do: z.literal('twice') }),
  /** A message of S3 or SNS reaches the queue so much later, and those sent after it come before it. */
  z.strictObject({ do: z.literal('late'), seconds: z.number().int().min(1).max(900) }),
]);
export type Effect = z.infer<typeof effectSchema>;

/** `*` stands for any characters. */
const pattern = z.string().min(1).default('*');

/** One thing that goes wrong, once: at the nth call that matches from the time the rule was put. */
export const ruleSchema = z.strictObject({
  /** As in the credential scope: `s3`, `states`; `ecs` for a task's start. */
  service: pattern,
  operation: pattern,
  /** A role's name, or a service as `s3.amazonaws.com`; `local` for whoever owns the account. */
  caller: pattern,
  /** As the list of writes has it. */
  resource: pattern,
  nth: z.number().int().positive().default(1),
  effect: effectSchema,
});
export type Rule = z.infer<typeof ruleSchema>;
export type RuleInput = z.input<typeof ruleSchema>;
