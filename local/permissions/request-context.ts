import type { Place } from '../place.ts';
import type { ConditionContext } from './conditions.ts';

/**
 * Calls here count as made over TLS: they do not leave the machine, and no stack that enforces TLS would run otherwise.
 */
const OVER_TLS = [
  ['aws:securetransport', 'true'],
  ['s3:tlsversion', '1.3'],
] as const;

/**
 * What is the same for every call of a function. Keys that are undefined are those of services that call on behalf of
 * a resource, and of function URLs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextOfRole(roleArn: string, { region, accountId }: Place): ConditionContext {
  return new Map<string, string | undefined>([
    ...OVER_TLS,
    ['aws:principalarn', roleArn],
    ['aws:principalaccount', accountId],
    ['aws:principaltype', 'AssumedRole'],
    ['aws:principalisawsservice', 'false'],
    ['aws:principalservicename', undefined],
    ['aws:viaawsservice', 'false'],
    ['aws:resourceaccount', accountId],
    ['aws:requestedregion', region],
    ['aws:sourcearn', undefined],
    ['aws:sourceaccount', undefined],
    ['lambda:functionurlauthtype', undefined],
    ['lambda:invokedviafunctionurl', undefined],
  ]);
}

/** @param sourceArn what the service calls for: a topic, an alarm. */
export function contextOfService(
  service: string,
  sourceArn: string,
  { region, accountId }: Place,
): ConditionContext {
  return new Map<string, string | undefined>([
    ...OVER_TLS,
    ['aws:principalarn', undefined],
    ['aws:principalaccount', undefined],
    ['aws:principalisawsservice', 'true'],
    ['aws:principalservicename', service],
    ['aws:resourceaccount', accountId],
    ['aws:requestedregion', region],
    ['aws:sourcearn', sourceArn],
    ['aws:sourceaccount', accountId],
    ['lambda:functionurlauthtype', undefined],
    ['lambda:invokedviafunctionurl', undefined],
  ]);
}

/** Of a request that is not signed: there is nothing to know of who makes it. */
export function contextOfAnybody({ region, accountId }: Place): ConditionContext {
  return new Map<string, string | undefined>([
    ...OVER_TLS,
    ['aws:principalarn', undefined],
    ['aws:principalaccount', undefined],
    ['aws:principaltype', 'Anonymous'],
    ['aws:principalisawsservice', 'false'],
    ['aws:principalservicename', undefined],
    ['aws:resourceaccount', accountId],
    ['aws:requestedregion', region],
    ['aws:sourcearn', undefined],
    ['aws:sourceaccount', undefined],
  ]);
}
