import type { Handler } from 'cdk-background-jobs/lambda';
import type { checkHealth } from '../tasks.ts';

export const checkHealthHandler: Handler<typeof checkHealth> = async ({ url }, run) => {
  const response = await fetch(url, { signal: run.signal });
  await response.arrayBuffer(); // Read to its end, so that the connection can be used again.
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return { status: response.status };
};
