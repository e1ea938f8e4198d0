/** Sets the schedules that applications make apart from the runs that wait in the same group, whose names begin otherwise. */
const PREFIX = 'key.';

/** Of a schedule's name of 64, what is left for its key. */
const KEY = /^[0-9a-zA-Z-_.]{1,60}$/;

/** @throws RangeError for a key of which no name can be made */
export function nameOfKey(key: string): string {
  if (KEY.test(key)) return `${PREFIX}${key}`;
  throw new RangeError(
    `a schedule's key must be 1 to 60 of the characters 0-9, a-z, A-Z, -, _ and .; got '${key}' (${key.length} ` +
      'characters); send a hash of it',
  );
}

/** What the names of the keys that begin so begin with. */
export function prefixOfKeys(prefix: string): string {
  return prefix === '' ? PREFIX : nameOfKey(prefix);
}

export function keyOfName(name: string): string {
  return name.slice(PREFIX.length);
}
