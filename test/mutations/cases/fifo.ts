import * as fifo from '../scenarios/fifo.ts';
import * as operator from '../scenarios/operator.ts';
import { removed } from '../template.ts';
import { told } from '../told.ts';
import { type Case, failing } from './case.ts';

export const FIFO: readonly Case[] = [
  ...failing(fifo.takesEqualMessagesForOne, removed('JobsQueue', 'ContentBasedDeduplication')),
  ...failing(
    fifo.takesLettersWithoutDeduplicationId,
    removed('JobsDeadLetterQueue', 'ContentBasedDeduplication'),
  ),
  ...failing(
    fifo.keepsOrderOfGroup,
    removed('JobsQueue', 'FifoQueue'),
    removed('JobsDeadLetterQueue', 'FifoQueue'),
    told('JobsConsumer', ['fifo'], undefined),
  ),
];

/** Who sends to it by `grantSend`. */
export const PRODUCER: readonly Case[] = [
  ...failing(
    operator.sendsOncePerKey,
    removed('Operator', 'Environment', 'Variables', 'BACKGROUND_JOBS'),
    told('Operator', ['table'], 'another'),
  ),
  ...failing(operator.refusesToSendWithoutGroup, told('Operator', ['fifo'], undefined)),
];
