import { ApiError } from '../json-api/api-error.ts';

/** What is no event pattern, as EventBridge says it. */
export function invalidPattern(reason: string): ApiError {
  return new ApiError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}
