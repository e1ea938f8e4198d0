import { isJsonObject, type JsonObject, objectAt, oneOfAt, required, stringAt } from '../json-value.ts';
import { StartError, startErrorIn } from '../start-error.ts';
import { type Condition, type ConditionContext, conditionsHold, parseConditions } from './conditions.ts';
import { oneOrMore } from './one-or-more.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { type Caller, includesCaller, type Principals, parsePrincipals } from './principals.ts';
import { every, not, some, type Truth } from './truth.ts';

/** The statements of one policy document. */
export type Policy = readonly Statement[];

export interface Statement {
  /** For messages: `statement 2 of Shop/Api/Policy`, or its `Sid` of it. */
  readonly name: string;
  readonly effect: 'Allow' | 'Deny';
  readonly action: Pattern;
  readonly resource: Pattern;
  /** Undefined in a role's policies, which are about the role. */
  readonly principals: Principals | 'all but some' | undefined;
  readonly conditions: readonly Condition[];
}

export interface AccessRequest {
  readonly caller: Caller;
  /** `sqs:SendMessage`, in any case. */
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

/** A role's policies belong to an identity, those of queues, buckets, topics, tables and functions to a resource. */
export type PolicyKind = 'identity' | 'resource';

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * @param owner where the document stands, for messages.
 * @throws StartError for what AWS would refuse as malformed.
 */
export function parsePolicy(document: JsonObject, kind: PolicyKind, owner: string): Policy {
  const { Statement: statements } = document;
  return (Array.isArray(statements) ? statements : [statements]).map((statement, index) => {
    if (!isJsonObject(statement)) {
      throw new StartError(`Statement must be an object, got ${JSON.stringify(statement)}`);
    }
    const name = stringAt(statement, 'Sid') || `statement ${index + 1}`;
    try {
      return parseStatement(statement, kind, `${name} of ${owner}`);
    } catch (error) {
      throw startErrorIn(name, error);
    }
  });
}

export function matches(statement: Statement, request: AccessRequest): Truth {
  const action = statement.action(request.action);
  // Most statements end here.
  if (action === false) return false;
  return every([
    action,
    statement.resource(request.resource),
    isAbout(statement, request.caller),
    conditionsHold(statement.conditions, request.context),
  ]);
}

function isAbout({ principals, effect }: Statement, caller: Caller): Truth {
  if (principals === undefined) return true;
  if (principals === 'all but some') return { unknown: 'whom NotPrincipal means' };
  return includesCaller(principals, caller, effect);
}

function parseStatement(statement: JsonObject, kind: PolicyKind, name: string): Statement {
  return {
    name,
    effect: required(oneOfAt(statement, 'Effect', ['Allow', 'Deny']), 'Effect'),
    action: patternOf(statement, 'Action', { ignoreCase: true }),
    resource: patternOf(statement, 'Resource', { ignoreCase: false }),
    principals: principalsOf(statement, kind),
    conditions: parseConditions(objectAt(statement, 'Condition') ?? {}),
  };
}

function patternOf(
  statement: JsonObject,
  element: 'Action' | 'Resource',
  options: { ignoreCase: boolean },
): Pattern {
  const excluded = oneOrMore(statement, `Not${element}`);
  const listed = excluded ?? required(oneOrMore(statement, element), element);
  const patterns = listed.map(text => compilePattern(text, options));
  const isListed: Pattern = value => some(patterns.map(pattern => pattern(value)));
  return excluded === undefined ? isListed : value => not(isListed(value));
}

function principalsOf(statement: JsonObject, kind: PolicyKind): Statement['principals'] {
  if (kind === 'identity') {
    if ('Principal' in statement || 'NotPrincipal' in statement) {
      throw new StartError("a role's policy must not have a Principal: it is about the role");
    }
    return undefined;
  }
  return 'NotPrincipal' in statement ? 'all but some' : parsePrincipals(statement);
}
