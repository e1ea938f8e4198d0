import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { createWorkflowClient, type WorkflowDefinition } from 'cdk-background-jobs/tasks';
import { elevenSteps, oneStep } from '../app/workflows.ts';
import type { Bench } from '../harness/bench.ts';
import { startBenchEngine } from '../harness/engine.ts';
import { type Figure, tracked } from '../harness/figure.ts';
import { median } from '../harness/take-turns.ts';

/** What a step that does nothing takes on the local engine: of eleven in a row, without what begins and ends the run. */
export async function stepOverhead({ assembly, quick }: Bench): Promise<readonly Figure[]> {
  const engine = await startBenchEngine(assembly.folder, 'Steps');
  try {
    const sfn = new SFNClient(engine.clientConfig);
    const { dynamodb, workflows } = engine;
    const client = createWorkflowClient({ workflows, dynamodb, sfn });
    const take = async (workflow: WorkflowDefinition) => {
      const { runId } = await client.startWorkflow(workflow, { count: 1 });
      const machine = workflows.find(({ name }) => name === workflow.name)?.machine ?? '';
      return await durationMs(sfn, `${machine.replace(':stateMachine:', ':execution:')}:${runId}`);
    };
    const rounds = quick ? 3 : 15;
    const eleven: number[] = [];
    const one: number[] = [];
    for (const workflow of [elevenSteps, oneStep]) await take(workflow); // Cold starts.
    for (let round = 0; round < rounds; round++) {
      eleven.push(await take(elevenSteps));
      one.push(await take(oneStep));
    }
    return [
      tracked({
        name: 'step-overhead-ms',
        value: (median(eleven) - median(one)) / 10,
        unit: 'ms',
        how: `a tenth of what 11 steps that do nothing take longer than 1 (${median(eleven)} and ${median(one)} ms), on the local engine; medians of ${rounds}`,
      }),
    ];
  } finally {
    await engine.stop();
  }
}

async function durationMs(sfn: SFNClient, executionArn: string): Promise<number> {
  for (;;) {
    const { status, startDate, stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (startDate && stopDate && status === 'SUCCEEDED') return stopDate.getTime() - startDate.getTime();
    if (status !== 'RUNNING') throw new Error(`${executionArn} is ${status}`);
    await sleep(10);
  }
}
