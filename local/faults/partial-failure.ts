import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject, type JsonObject } from '../json-value.ts';
import { withBody } from './faultable-request.ts';

/** Carries out some entries of a batch of SQS, and tells of the others that they failed: at least one. */
export async function failInPart(
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  dice: () => number,
  serve: (request: IncomingMessage) => void | Promise<void>,
): Promise<void> {
  const input: unknown = JSON.parse(body.toString());
  const entries = entriesIn(input, 'Entries');
  if (entries.length === 0) return await serve(request); // For SQS to refuse.
  const drawn = entries.filter(() => dice() < 0.5);
  const refused = drawn.length > 0 ? drawn : entries.slice(0, 1);
  const taken = entries.filter(entry => !refused.includes(entry));
  if (taken.length === 0) {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ Successful: [], Failed: refused.map(toFailure) }));
    return;
  }
  const { end } = response;
  Object.assign(response, {
    end: (answer: string) => end.call(response, withFailures(answer, refused), 'utf8'),
  });
  await serve(withBody(request, Buffer.from(JSON.stringify({ ...(input as JsonObject), Entries: taken }))));
}

/** An answer that refuses the whole batch stays as it is. */
function withFailures(answer: string, refused: readonly JsonObject[]): string {
  const output: unknown = JSON.parse(answer);
  if (!isJsonObject(output) || output.__type !== undefined) return answer;
  return JSON.stringify({
    ...output,
    Failed: [...entriesIn(output, 'Failed'), ...refused.map(toFailure)],
  });
}

function entriesIn(value: unknown, field: string): readonly JsonObject[] {
  const list = isJsonObject(value) ? value[field] : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function toFailure({ Id }: JsonObject) {
  return {
    Id,
    Code: 'InternalError',
    Message: 'This is a fault on demand of the local engine',
    SenderFault: false,
  };
}
