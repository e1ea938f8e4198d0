import jsonata from 'jsonata';
import { stepFunctionsOwn } from './functions.ts';

/**
 * A string that is one JSONata expression from end to end.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function isExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

const parsed = new Map<string, jsonata.Expression>();

/** Definitions have few expressions; templates that change at each start have not. */
const MOST_KEPT = 10_000;

/** @throws what jsonata throws for an expression that does not parse. */
export function parseExpression(text: string): jsonata.Expression {
  const known = parsed.get(text);
  if (known) return known;
  const expression = jsonata(text.slice(2, -2).trim());
  for (const [name, implementation] of Object.entries(stepFunctionsOwn)) {
    expression.registerFunction(name, implementation);
  }
  if (parsed.size >= MOST_KEPT) parsed.clear();
  parsed.set(text, expression);
  return expression;
}

/** Why a string of a definition is no expression though it looks like one; undefined when all is well. */
export function expressionProblem(text: string): string | undefined {
  if (!isExpression(text)) {
    return text.startsWith('{%') || text.endsWith('%}')
      ? `${text} must begin with {% and end with %} to be a JSONata expression`
      : undefined;
  }
  try {
    parseExpression(text);
    return undefined;
  } catch (error) {
    return `${text} is no JSONata expression: ${reasonOf(error)}`;
  }
}

/** JSONata throws plain objects with a message. */
export function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
