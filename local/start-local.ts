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
 * @throws StartError for whatever cannot be started: an app that fails, a resource that is not supported, a handler
 * that does not load. Nothing is left running then.
 */
export async function startLocal({ app = '.', ...options }: LocalOptions = {}): Promise<LocalApp> {
  const assembly = typeof app === 'string' ? await assemblyOf(app, options) : app.synth().directory;
  return startEngine({ ...options, assembly });
}
