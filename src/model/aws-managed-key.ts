/** The key that Parameter Store encrypts with when it is told no other: every principal of the account may use it there. */
export const AWS_MANAGED_KEY = "alias/aws/ssm";

/** Whether a KMS key, by its alias or the alias's ARN, is that one. */
export function isAwsManaged(key: string): boolean {
  return key === AWS_MANAGED_KEY || key.endsWith(`:${AWS_MANAGED_KEY}`);
}
