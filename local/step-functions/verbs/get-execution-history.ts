import type { GetExecutionHistoryOutput } from '@aws-sdk/client-sfn';
import type { SentEvent } from '../execution/history.ts';
import { pageOf } from '../page.ts';
import type { Sent } from '../sent.ts';
import { executionOf } from '../store.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html */
export const getExecutionHistory: Verb = (store, input) => {
  const { events } = executionOf(store, input.text('executionArn')).history;
  const ordered = input.flag('reverseOrder') ? [...events].reverse() : events;
  const { items, ...next } = pageOf<SentEvent>(ordered, input);
  return { events: [...items], ...next } satisfies Sent<GetExecutionHistoryOutput>;
};
