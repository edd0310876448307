/**
 * Policies of AWS's own that a role may name by ARN, as AWS publishes them. One that is not here is refused: nobody
 * could say what it allows.
 */
export const AWS_MANAGED_POLICIES: Readonly<Record<string, object>> = {
  /** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html */
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: '*',
      },
    ],
  },
};
