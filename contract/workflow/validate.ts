import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { WorkflowDefinition } from './workflow.ts';

/** A value that its schema refuses: a workflow's input, a signal's payload, what a step takes or answers. */
export class WorkflowValueError extends Error {
  override readonly name = 'WorkflowValueError';

  /** @param what `the input of workflow 'remind'` */
  constructor(what: string, issues: readonly StandardSchemaV1.Issue[]) {
    const listed = issues.map(({ message, path = [] }) => {
      const place = path.map(part => String(typeof part === 'object' ? part.key : part)).join('.');
      return place ? `${place}: ${message}` : message;
    });
    super(`${what} is not valid: ${listed.join('; ')}`);
  }
}

/** @returns the schema's output. @throws WorkflowValueError */
export async function validateValue<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
  what: string,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const outcome = await schema['~standard'].validate(value);
  if (outcome.issues) throw new WorkflowValueError(what, outcome.issues);
  return outcome.value as StandardSchemaV1.InferOutput<Schema>;
}

/** @returns what the schema has made of it. @throws WorkflowValueError */
export async function validateInput({ name, input }: WorkflowDefinition, value: unknown): Promise<unknown> {
  return await validateValue(input, value, `the input of workflow '${name}'`);
}
