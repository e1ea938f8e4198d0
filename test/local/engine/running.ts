import { onTestFinished } from 'vitest';
import { type Engine, type EngineOptions, startEngine } from '../../../local/engine.ts';
import { writeAssembly } from './written-assembly.ts';

/** Starts an engine that ends with the running test. */
export async function running(options: EngineOptions): Promise<Engine> {
  const engine = await startEngine(options);
  onTestFinished(() => engine.stop());
  return engine;
}

/**
 * One stack, `Shop`, of a template written by hand; `options` may go without an assembly. Permissions are off: such
 * templates leave roles and policies out.
 */
export async function runningShop(
  template: object,
  { assets, ...options }: Partial<EngineOptions> & { assets?: Readonly<Record<string, string>> } = {},
): Promise<Engine> {
  const assembly = await writeAssembly({ Shop: { template } }, assets);
  return running({ assembly, permissions: 'off', ...options });
}
