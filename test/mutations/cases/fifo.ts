import * as fifo from '../scenarios/fifo.ts';
import * as operator from '../scenarios/operator.ts';
import { removed } from '../template.ts';
import { told } from '../told.ts';
import { type Case, failing, saying } from './case.ts';

const NEEDS_ID = 'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId';
const NOT_FIFO = 'Unknown Attribute ContentBasedDeduplication';

export const FIFO: readonly Case[] = [
  ...failing(
    fifo.takesEqualMessagesForOne,
    saying(NEEDS_ID, removed('JobsQueue', 'ContentBasedDeduplication')),
  ),
  ...failing(
    fifo.takesLettersWithoutDeduplicationId,
    saying(NEEDS_ID, removed('JobsDeadLetterQueue', 'ContentBasedDeduplication')),
  ),
  ...failing(
    fifo.keepsOrderOfGroup,
    saying(NOT_FIFO, removed('JobsQueue', 'FifoQueue')),
    saying(NOT_FIFO, removed('JobsDeadLetterQueue', 'FifoQueue')),
    told('JobsConsumer', ['fifo'], undefined),
  ),
];

/** Who sends to it by `grantSend`. */
export const PRODUCER: readonly Case[] = [
  ...failing(
    operator.sendsOncePerKey,
    saying(
      'send: Error: The environment variable BACKGROUND_JOBS is not set',
      removed('Operator', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
    ),
    saying('send: AccessDeniedException', told('Operator', ['table'], 'another')),
  ),
  ...failing(operator.refusesToSendWithoutGroup, told('Operator', ['fifo'], undefined)),
];
