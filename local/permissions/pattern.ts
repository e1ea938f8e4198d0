import type { Truth } from './truth.ts';

/** Whether a value matches what a policy says of actions, resources or ARNs. */
export type Pattern = (value: string) => Truth;

const VARIABLE = String.raw`\$\{(?![*?$]\})[^}]*\}`;
const TOKENS = new RegExp(String.raw`${VARIABLE}|\$\{([*?$])\}|[\\^$.*+?()[\]{}|/-]`, 'g');

/**
 * `*` is any text and `?` any character, `${*}` is an asterisk. What a policy variable stands for is not known here:
 * whether the pattern matches cannot be told when it matches with any text in the variable's place.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function compilePattern(text: string, { ignoreCase = false } = {}): Pattern {
  const variable = variableIn(text);
  const source = text.replace(TOKENS, (token, literal?: string) => {
    if (literal !== undefined) return `\\${literal}`;
    if (token === '*' || token.startsWith('${')) return '.*';
    return token === '?' ? '.' : `\\${token}`;
  });
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
  return value => {
    if (!expression.test(value)) return false;
    return variable === undefined || { unknown: `what the policy variable ${variable} stands for` };
  };
}

/** The first policy variable of a text: `${aws:PrincipalTag/team}`. */
export function variableIn(text: string): string | undefined {
  return new RegExp(VARIABLE).exec(text)?.[0];
}

/**
 * The six parts of an ARN are matched one by one: a wildcard does not reach over a colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnMatches(arn: string, pattern: string): boolean {
  const parts = partsOf(arn);
  const patterns = partsOf(pattern);
  return (
    parts.length === patterns.length &&
    patterns.every((part, index) => compilePattern(part)(parts[index] ?? '') === true)
  );
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
