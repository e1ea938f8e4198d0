import { checkFault, type Surroundings } from './check-fault.ts';
import { createDice } from './dice.ts';
import type {
  AddedFault,
  DeliveryFault,
  Fault,
  Faults,
  FiringFault,
  InvocationFault,
  RequestFault,
} from './fault.ts';

/** A request, as far as faults tell requests apart. */
export interface FaultableRequest {
  readonly service: string;
  readonly action: string | undefined;
  /** Names, ARNs and URLs in it. */
  readonly resources: readonly string[];
  /** The name of the function that makes it. */
  readonly caller: string | undefined;
}

/** The faults that were added, for those to whom they happen. */
export interface FaultRules extends Faults {
  /** Whether there are faults of requests. */
  readonly ofRequests: boolean;
  /** The fault that happens now, which is counted; and its dice. */
  ofRequest(request: FaultableRequest): HappeningFault<RequestFault> | undefined;
  ofInvocation(functionName: string): InvocationFault | undefined;
  ofDelivery(queueName: string): DeliveryFault | undefined;
  ofFiring(scheduleName: string): FiringFault | undefined;
}

export interface HappeningFault<Kind extends Fault> {
  readonly fault: Kind;
  readonly dice: () => number;
}

interface Rule extends HappeningFault<Fault> {
  met: number;
  happened: number;
}

export function createFaultRules(surroundings: Surroundings): FaultRules {
  const rules = new Set<Rule>();

  function happening<Kind extends Fault>(fits: (fault: Fault) => fault is Kind) {
    for (const rule of rules) {
      const { fault, dice } = rule;
      if (fits(fault) && happensNow(rule)) return { fault, dice };
    }
    return undefined;
  }

  return {
    get ofRequests() {
      return [...rules].some(({ fault }) => 'service' in fault);
    },
    ofRequest: request =>
      happening((fault): fault is RequestFault => 'service' in fault && fitsRequest(fault, request)),
    ofInvocation: name =>
      happening((fault): fault is InvocationFault => 'function' in fault && fault.function === name)?.fault,
    ofDelivery: name =>
      happening((fault): fault is DeliveryFault => 'queue' in fault && fault.queue === name)?.fault,
    ofFiring: name =>
      happening((fault): fault is FiringFault => 'schedule' in fault && fault.schedule === name)?.fault,
    add(fault): AddedFault {
      checkFault(fault, surroundings);
      const rule: Rule = { fault, dice: createDice(fault.seed ?? 1), met: 0, happened: 0 };
      rules.add(rule);
      return {
        get count() {
          return rule.happened;
        },
        remove: () => void rules.delete(rule),
      };
    },
    clear: () => rules.clear(),
  };
}

function happensNow(rule: Rule): boolean {
  const { skip = 0, times = Number.POSITIVE_INFINITY, probability = 1 } = rule.fault;
  if (rule.happened >= times) return false;
  rule.met++;
  if (rule.met <= skip || rule.dice() >= probability) return false;
  rule.happened++;
  return true;
}

function fitsRequest(
  { service, action, resource, caller, kind }: RequestFault,
  request: FaultableRequest,
): boolean {
  const crashes = kind === 'crashBefore' || kind === 'crashAfter';
  return (
    service === request.service &&
    (action === undefined || action === request.action) &&
    (resource === undefined || request.resources.some(each => lastPart(each) === lastPart(resource))) &&
    (caller === undefined || caller === request.caller) &&
    (request.caller !== undefined || !crashes)
  );
}

/** The name in an ARN or a URL. */
const lastPart = (text: string) => text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1);
