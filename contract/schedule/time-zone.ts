const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * @param what begins the message
 * @throws RangeError unless it is a name of the IANA database, written as there: 'Europe/Paris', 'UTC'
 */
export function checkTimeZone(timeZone: string | undefined, what: string): string {
  if (timeZone === undefined || timeZone === '') {
    throw new RangeError(
      `${what} needs a time zone, a name of the IANA database such as 'Europe/Paris' or 'UTC'`,
    );
  }
  // Only names that were checked are in there.
  if (zones.has(timeZone)) return timeZone;
  const known = knownTimeZone(timeZone);
  if (known === timeZone) return timeZone;
  const hint = known === undefined ? "such as 'Europe/Paris' or 'UTC'" : `here '${known}'`;
  throw new RangeError(
    `${what}: the time zone must be a name of the IANA database, ${hint}; got '${timeZone}'`,
  );
}

/** The name as the database writes it; `Intl` takes it in any case, and takes offsets such as +01:00, too. */
function knownTimeZone(timeZone: string): string | undefined {
  if (!/^[A-Za-z]/.test(timeZone)) return undefined;
  try {
    const { timeZone: resolved } = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions();
    // An older name of a zone, such as US/Pacific, may resolve to the newer one.
    return resolved.toLowerCase() === timeZone.toLowerCase() ? resolved : timeZone;
  } catch {
    return undefined;
  }
}

/**
 * What a clock on the wall shows, as the milliseconds at which a clock in UTC shows the same. Calendars are computed on
 * it, where every day has 24 hours.
 */
export type WallTime = number;

/** The wall clock of `timeZone` at the moment `timeMs`. */
export function toWallTime(timeMs: number, timeZone: string): WallTime {
  return timeMs + offsetAt(timeMs, timeZone);
}

/**
 * The first moment at which the wall clock of `timeZone` shows `wall`.
 *
 * @returns undefined when it never does: clocks were put forward over it
 */
export function fromWallTime(wall: WallTime, timeZone: string): number | undefined {
  // No zone changes its offset twice within two days, so it is one of the offsets around.
  const offsets = [offsetAt(wall - DAY_MS, timeZone), offsetAt(wall + DAY_MS, timeZone)];
  const moments = offsets.map(offset => wall - offset).sort((a, b) => a - b);
  return moments.find(moment => toWallTime(moment, timeZone) === wall);
}

/**
 * The moment as that zone's calendar and clock show it, with the offset from UTC: `Mon 2026-11-30 08:00 +01:00`, and with
 * seconds where it has some.
 */
export function formatInTimeZone(time: Date, timeZone: string): string {
  const wall = toWallTime(time.getTime(), timeZone);
  const shown = new Date(wall).toISOString();
  const offset = Math.round((wall - time.getTime()) / MINUTE_MS);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  const hours = twoDigits(Math.floor(Math.abs(offset) / 60));
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][new Date(wall).getUTCDay()];
  const clock = shown.slice(17, 19) === '00' ? shown.slice(11, 16) : shown.slice(11, 19);
  return `${day} ${shown.slice(0, 10)} ${clock} ${sign}${hours}:${twoDigits(Math.abs(offset) % 60)}`;
}

interface Zone {
  readonly formatter: Intl.DateTimeFormat;
  /** Offsets by UTC day, of days that have only one. Asking `Intl` takes a hundred times as long. */
  readonly steadyOffsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

function offsetAt(timeMs: number, timeZone: string): number {
  const { formatter, steadyOffsets } = zoneOf(timeZone);
  const day = Math.floor(timeMs / DAY_MS);
  const known = steadyOffsets.get(day);
  if (known !== undefined) return known;
  const offset = askOffset(timeMs, formatter);
  const [atStart, atEnd] = [askOffset(day * DAY_MS, formatter), askOffset((day + 1) * DAY_MS, formatter)];
  if (atStart === atEnd) steadyOffsets.set(day, offset);
  return offset;
}

function askOffset(timeMs: number, formatter: Intl.DateTimeFormat): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(timeMs)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  const wholeSeconds = Math.floor(timeMs / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSeconds;
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const zone = { formatter: createFormatter(timeZone), steadyOffsets: new Map<number, number>() };
  zones.set(timeZone, zone);
  return zone;
}

function createFormatter(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
