/** What to do about errors of AWS whose message does not say it, by name. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'log in as for the AWS CLI, or choose another --profile',
  ExpiredToken: 'log in again, as for the AWS CLI',
  ExpiredTokenException: 'log in again, as for the AWS CLI',
};

/** What went wrong, in one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, name, code } = error as Error & { code?: unknown };
  // The message of a refused connection is empty, and its code says it all.
  const line = (message || `${name}: ${code}`).replaceAll(/\s*\n\s*/g, ' ');
  return Object.hasOwn(WAYS_OUT, name) ? `${line}; ${WAYS_OUT[name]}` : line;
}
