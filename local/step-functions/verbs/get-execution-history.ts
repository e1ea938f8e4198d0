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
  const withData = input.flag('includeExecutionData', true);
  return {
    events: withData ? [...items] : items.map(withoutData),
    ...next,
  } satisfies Sent<GetExecutionHistoryOutput>;
};

/** What states were given and gave, as their events' details name it. */
const DATA: ReadonlySet<string> = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

function withoutData(event: SentEvent): SentEvent {
  return Object.fromEntries(
    Object.entries(event).map(([field, value]) => [
      field,
      typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).filter(([name]) => !DATA.has(name)))
        : value,
    ]),
  ) as SentEvent;
}
