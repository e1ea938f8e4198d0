/**
 * The six-field translation of a cron with five fields, in which 0 and 7 are Sunday and `*` may stand in both day
 * fields.
 *
 * @returns undefined where there is none: it restricts both day fields, which in five fields means either of them
 */
export function translateFiveFieldCron(fields: readonly string[]): string | undefined {
  const [minute, hour, dayOfMonth = '*', month, dayOfWeek = '*'] = fields;
  if (dayOfWeek === '*' || dayOfWeek === '?') {
    return `cron(${minute} ${hour} ${dayOfMonth === '?' ? '*' : dayOfMonth} ${month} ? *)`;
  }
  if (dayOfMonth !== '*' && dayOfMonth !== '?') return undefined;
  const days = translateDaysOfWeek(dayOfWeek);
  return days && `cron(${minute} ${hour} ? ${month} ${days} *)`;
}

/** 0-4 is 1-5: AWS's Sunday is 1. What follows / or # is no day. A step is written out, which AWS's field needs. */
function translateDaysOfWeek(text: string): string | undefined {
  if (!text.includes('/')) {
    return text.replace(
      /(^|[,-])(\d)/g,
      (_, before: string, day: string) => `${before}${(Number(day) % 7) + 1}`,
    );
  }
  const [, range, step] = /^(\*|\d(?:-\d)?)\/([1-7])$/.exec(text) ?? [];
  if (range === undefined) return undefined;
  const [from = 0, to = 6] = range === '*' ? [0, 6] : range.split('-').map(Number);
  const days: number[] = [];
  for (let day = from; day <= to; day += Number(step)) days.push((day % 7) + 1);
  return days.join(',');
}
