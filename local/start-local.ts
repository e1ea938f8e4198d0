import { type Engine, type EngineOptions, startEngine } from './engine.ts';
import { assemblyOf } from './synthesize.ts';

export interface LocalOptions extends Omit<EngineOptions, 'assembly' | 'snapshot'> {
  /**
   * What to run: a `cdk.out` folder, a project's folder (its `cdk.json` tells how to synthesize it), or a CDK `App`.
   * @default the project in the current folder
   */
  readonly app?: string | SynthesizableApp;
}

/** What a CDK `App` or `Stage` offers; this module does not need CDK itself. */
export interface SynthesizableApp {
  synth(): { readonly directory: string };
}

/** A CDK app that runs on 127.0.0.1. */
export type LocalApp = Omit<Engine, 'prepareUpdate' | 'stopForRestart'>;

/**
 * Runs a CDK app's stacks inside this process, as `background-jobs dev` does: for tests. Each call is a cloud of its
 * own on a free port, so that several run side by side. Stop it when the test ends: functions are child processes.
 *
 * @throws StartError for whatever cannot be started: an app that fails, a resource that is not supported, a handler
 * that does not load. Nothing is left running then.
 *
 * @example
 * ```ts
 * import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
 * import { startLocal } from 'cdk-background-jobs/testing';
 *
 * const local = await startLocal({ app: 'cdk.out' });
 * const sqs = new SQSClient(local.clientConfig);
 * await sqs.send(new SendMessageCommand({ QueueUrl: local.outputs.Shop?.QueueUrl, MessageBody: 'hello' }));
 * await local.stop();
 * ```
 */
export async function startLocal({ app = '.', ...options }: LocalOptions = {}): Promise<LocalApp> {
  const assembly = typeof app === 'string' ? await assemblyOf(app, options) : app.synth().directory;
  return startEngine({ ...options, assembly });
}
