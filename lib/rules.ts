import type { Construct } from 'constructs';

/** What must not be: `condition` says that it is. Values not known at synth are NaN, so no condition on them holds. */
export interface Rule {
  readonly condition: boolean;
  readonly message: string;
}

/** The messages of all that are broken. */
export function brokenRules(rules: readonly Rule[]): readonly string[] {
  return rules.filter(rule => rule.condition).map(({ message }) => message);
}

/** @throws Error with every rule that is broken, each with the construct's path, the value, the limit and the fix */
export function checkRules(scope: Construct, rules: readonly Rule[]): void {
  const broken = brokenRules(rules);
  if (broken.length > 0) throw new Error(broken.map(message => `${scope.node.path}: ${message}`).join('\n'));
}
