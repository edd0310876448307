import { z } from 'zod';

/** Names as Step Functions takes them; fields that are not here are refused. */
const requestSchema = z.strictObject({
  ApplicationId: z.string(),
  ExecutionRoleArn: z.string(),
  Name: z.string().min(1).max(256).optional(),
  ExecutionTimeoutMinutes: z.number().int().min(0).max(1_000_000).default(720),
  JobDriver: z.strictObject({
    SparkSubmit: z.strictObject({
      EntryPoint: z.string().regex(/^s3:\/\/[^/]+\/.+/, 'expected s3://bucket/key'),
      EntryPointArguments: z.array(z.string()).default([]),
      SparkSubmitParameters: z.string().default(''),
    }),
  }),
  ConfigurationOverrides: z
    .strictObject({
      MonitoringConfiguration: z
        .strictObject({
          CloudWatchLoggingConfiguration: z
            .strictObject({
              Enabled: z.boolean(),
              LogGroupName: z.string().default('/aws/emr-serverless'),
              LogStreamNamePrefix: z.string().optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
});
export type JobRequest = z.infer<typeof requestSchema>;

export const JOB_PARAMETERS = Object.keys(requestSchema.shape);

/** A request that EMR Serverless rejects; `code` is the error code of its API. */
export class EmrServerlessError extends Error {
  override readonly name = 'EmrServerlessError';
  constructor(
    readonly code: 'AccessDeniedException' | 'ResourceNotFoundException' | 'ValidationException',
    message: string,
  ) {
    super(message);
  }
}

/** @throws EmrServerlessError ValidationException */
export function readJobRequest(parameters: unknown): JobRequest {
  const { data, error } = requestSchema.safeParse(parameters);
  if (!data) throw new EmrServerlessError('ValidationException', z.prettifyError(error));
  return data;
}

/**
 * The words of the parameters of spark-submit; quotes keep blanks.
 * @throws EmrServerlessError ValidationException for a quote that does not end
 */
export function splitParameters(text: string): string[] {
  const words: string[] = [];
  const word = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)\s*/y;
  while (word.lastIndex < text.trimEnd().length) {
    const [, found] = word.exec(text) ?? [];
    if (found === undefined)
      throw new EmrServerlessError(
        'ValidationException',
        `SparkSubmitParameters: expected closed quotes, got ${text}`,
      );
    words.push(found.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}
