/** What the evaluation of a policy can come to: beside yes and no, what the local engine cannot tell, in words. */
export type Truth = boolean | Unknown;

export interface Unknown {
  readonly unknown: string;
}

/** True when all are; what cannot be told does not matter beside a false one. */
export function every(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : (truths.find(isUnknown) ?? true);
}

/** True when one is; what cannot be told does not matter beside a true one. */
export function some(truths: readonly Truth[]): Truth {
  return truths.includes(true) ? true : (truths.find(isUnknown) ?? false);
}

export function not(truth: Truth): Truth {
  return isUnknown(truth) ? truth : !truth;
}

export function isUnknown(truth: Truth): truth is Unknown {
  return typeof truth === 'object';
}
