/** ISO 8601 in whole seconds, as EventBridge and Scheduler write a time. */
export function isoSeconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
