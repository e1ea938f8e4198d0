import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject } from '../json-value.ts';

/**
 * Makes the source maps of a copy of some code name its sources where they are, so that the stacks of a handler's
 * errors lead into the project. Maps name their sources relative to where the bundle was written, which is not always
 * where it lies: an asset's folder is found by its hash. So each source is looked for from the asset's folder upwards;
 * one that is found nowhere stays as it is.
 */
export function pointSourceMapsHome(copy: string, original: string): void {
  for (const name of readdirSync(copy).filter(file => file.endsWith('.map'))) {
    const file = path.join(copy, name);
    const map = parse(readFileSync(file, 'utf8'));
    if (map === undefined) continue;
    const root = typeof map.sourceRoot === 'string' ? map.sourceRoot : '';
    const sources = map.sources.map(source => findSource(path.join(root, source), original) ?? source);
    writeFileSync(file, JSON.stringify({ ...map, sourceRoot: '', sources }));
  }
}

function parse(text: string): (Record<string, unknown> & { sources: readonly string[] }) | undefined {
  try {
    const map: unknown = JSON.parse(text);
    if (!isJsonObject(map) || !Array.isArray(map.sources)) return undefined;
    const sources: unknown[] = map.sources;
    return sources.every(source => typeof source === 'string') ? { ...map, sources } : undefined;
  } catch {
    // Not a source map; Node will not take it for one either.
    return undefined;
  }
}

function findSource(source: string, from: string): string | undefined {
  const candidate = path.resolve(from, source);
  if (existsSync(candidate)) return candidate;
  const parent = path.dirname(from);
  return parent === from ? undefined : findSource(source, parent);
}
