/** Looks up another metric or expression by its id; undefined where it has no data point. */
export type Lookup = (id: string) => number | undefined;

export interface Expression {
  /** The ids it refers to. */
  readonly ids: readonly string[];
  /** Undefined where an operand has no data point, and for a division by zero. */
  evaluate(lookup: Lookup): number | undefined;
}

/**
 * The arithmetic of metric math: `(errors + throttles) / invocations * 100`. Its functions are not imitated.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @returns undefined for an expression that uses more.
 */
export function parseExpression(text: string): Expression | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?|[a-z]\w*|[-+*/()]|\S/gi) ?? [];
  const ids = tokens.filter(token => /^[a-z]/i.test(token));
  let next = 0;

  function sum(): Evaluate | undefined {
    return leftToRight(product, ['+', '-']);
  }

  function product(): Evaluate | undefined {
    return leftToRight(operand, ['*', '/']);
  }

  function leftToRight(part: () => Evaluate | undefined, operators: readonly string[]): Evaluate | undefined {
    let left = part();
    while (left && operators.includes(tokens[next] ?? '')) {
      const operator = tokens[next++] ?? '';
      const right = part();
      left = right && combine(operator, left, right);
    }
    return left;
  }

  function operand(): Evaluate | undefined {
    const token = tokens[next++] ?? '';
    if (/^\d/.test(token)) return () => Number(token);
    if (/^[a-z]/i.test(token)) return lookup => lookup(token);
    if (token === '-') return negated(operand());
    if (token !== '(') return undefined;
    const inner = sum();
    return tokens[next++] === ')' ? inner : undefined;
  }

  const evaluate = sum();
  return evaluate && next === tokens.length ? { ids, evaluate } : undefined;
}

type Evaluate = (lookup: Lookup) => number | undefined;

function negated(operand: Evaluate | undefined): Evaluate | undefined {
  return operand && combine('-', () => 0, operand);
}

function combine(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  return lookup => {
    const a = left(lookup);
    const b = right(lookup);
    if (a === undefined || b === undefined) return undefined;
    if (operator === '+') return a + b;
    if (operator === '-') return a - b;
    if (operator === '*') return a * b;
    return b === 0 ? undefined : a / b;
  };
}
