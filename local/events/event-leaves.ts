import { isJsonObject } from '../json-value.ts';

/** A value of an event that is neither an object nor a list. */
export interface Leaf {
  /** Names with dots between them: lists have none. */
  readonly path: string;
  readonly value: unknown;
  readonly places: Places;
}

/** In which element of which list something is. Each list is one of its own, also those of one path. */
export type Places = ReadonlyMap<readonly unknown[], number>;

export function leavesOf(value: unknown, path: readonly string[] = [], places: Places = new Map()): Leaf[] {
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, within]) => leavesOf(within, [...path, name], places));
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => leavesOf(item, path, new Map(places).set(value, index)));
  }
  return [{ path: path.join('.'), value, places }];
}

/** Whether no list has one of them in one element and the other in another. */
export function isTogether(one: Places, other: Places): boolean {
  return [...one].every(([list, index]) => (other.get(list) ?? index) === index);
}

export function together(one: Places, other: Places): Places {
  return new Map([...one, ...other]);
}
