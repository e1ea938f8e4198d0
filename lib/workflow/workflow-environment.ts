import { Lazy, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { WORKFLOWS_VARIABLE, type WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';

const CONSTRUCT_ID = 'BackgroundJobsWorkflows';

/** The variable in which a function finds its workflows: one for all of them, written at synth. */
export class WorkflowEnvironment extends Construct {
  private readonly configs = new Map<string, WorkflowConfig>();

  static of(fn: lambda.Function): WorkflowEnvironment {
    const existing = fn.node.tryFindChild(CONSTRUCT_ID) as WorkflowEnvironment | undefined;
    return existing ?? new WorkflowEnvironment(fn);
  }

  private constructor(fn: lambda.Function) {
    super(fn, CONSTRUCT_ID);
    fn.addEnvironment(
      WORKFLOWS_VARIABLE,
      Lazy.string({ produce: () => Stack.of(fn).toJsonString([...this.configs.values()]) }),
    );
    this.node.addValidation({ validate: () => this.ambiguousNames(fn) });
  }

  /** @param path the workflow's construct path */
  add(path: string, config: WorkflowConfig): void {
    this.configs.set(path, config);
  }

  private ambiguousNames(fn: lambda.Function): string[] {
    const byName = Map.groupBy(this.configs, ([, { name }]) => name);
    return [...byName]
      .filter(([, entries]) => entries.length > 1)
      .map(
        ([name, entries]) =>
          `${fn.node.path}: each workflow granted to a function must have a name of its own, got '${name}' of ` +
          `${entries.map(([path]) => path).join(' and ')}; grant one of them, or rename one`,
      );
  }
}
