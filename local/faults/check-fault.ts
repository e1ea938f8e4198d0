import type { DeliveryFault, Fault, FiringFault, InvocationFault, RequestFault } from './fault.ts';

/** What there is in the engine for faults to happen to. */
export interface Surroundings {
  readonly services: () => readonly string[];
  readonly functions: () => readonly string[];
  readonly queues: () => readonly string[];
  readonly schedules: () => readonly string[];
}

/** Services whose requests do not say their action by name. */
const PLAIN_HTTP = ['s3', 'lambda'];

interface Rule {
  readonly broken: boolean;
  readonly message: string;
}

/** @throws RangeError for a fault that could never happen */
export function checkFault(fault: Fault, surroundings: Surroundings): void {
  const { skip = 0, times = 1, probability = 1 } = fault;
  const rules: readonly Rule[] = [
    { broken: !isCount(skip, 0), message: `skip must be a whole number, 0 or more, got ${skip}` },
    { broken: !isCount(times, 1), message: `times must be a whole number, 1 or more, got ${times}` },
    {
      broken: !(probability > 0 && probability <= 1),
      message: `probability must be above 0, up to 1, got ${probability}`,
    },
    ...rulesOf(fault, surroundings),
  ];
  const broken = rules.find(rule => rule.broken);
  if (broken) throw new RangeError(`A fault's ${broken.message}`);
}

function rulesOf(fault: Fault, surroundings: Surroundings): readonly Rule[] {
  if ('service' in fault) return requestRules(fault, surroundings);
  if ('function' in fault)
    return [known('function', fault.function, surroundings.functions()), span('afterMs', fault)];
  if ('schedule' in fault) return firingRules(fault, surroundings);
  return [known('queue', fault.queue, surroundings.queues()), span('afterMs', fault)];
}

function requestRules(fault: RequestFault, { services, functions }: Surroundings): readonly Rule[] {
  const { service, action, kind, latencyMs } = fault;
  return [
    known('service', service, services()),
    ...(fault.caller === undefined ? [] : [known('caller', fault.caller, functions())]),
    {
      broken: action !== undefined && PLAIN_HTTP.includes(service),
      message: `action must be left out for ${service}, whose requests do not name it, got '${action}'`,
    },
    {
      broken: kind === 'partialFailure' && !(service === 'sqs' && action?.endsWith('Batch') === true),
      message: `action must be a batch of sqs (SendMessageBatch, …) for 'partialFailure', got '${action}' of ${service}`,
    },
    {
      broken: (kind === 'latency') !== (latencyMs !== undefined) || !(Number(latencyMs ?? 0) >= 0),
      message: `latencyMs must be given, 0 or more, with 'latency' and with nothing else, got ${latencyMs} with '${kind}'`,
    },
  ];
}

function firingRules(fault: FiringFault, { schedules }: Surroundings): readonly Rule[] {
  const { kind, afterMs } = fault;
  return [
    known('schedule', fault.schedule, schedules()),
    span('afterMs', fault),
    { broken: kind === 'late' && !afterMs, message: `afterMs must be above 0 with 'late', got ${afterMs}` },
  ];
}

function known(field: string, name: string, names: readonly string[]): Rule {
  return {
    broken: !names.includes(name),
    message: `${field} must be one of ${names.join(', ') || '(there is none)'}, got '${name}'`,
  };
}

function span(field: 'afterMs', { afterMs = 0 }: InvocationFault | DeliveryFault | FiringFault): Rule {
  return { broken: !(afterMs >= 0), message: `${field} must be 0 or more, got ${afterMs}` };
}

const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
