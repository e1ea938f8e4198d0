/**
 * A W3C trace context: version, trace id, the id of what sent it, and flags, such as
 * `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function isTraceparent(value: unknown): value is string {
  return typeof value === 'string' && TRACEPARENT.test(value);
}

export const TRACEPARENT_RULE =
  'a W3C traceparent such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/**
 * The same context in a trace header of X-Ray's: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceparentOfXRay(header: string): string | undefined {
  const [, time, random] = /(?:^|;)\s*Root=1-([\da-f]{8})-([\da-f]{24})(?:;|$)/i.exec(header) ?? [];
  const [, parent] = /(?:^|;)\s*Parent=([\da-f]{16})(?:;|$)/i.exec(header) ?? [];
  const flags = /(?:^|;)\s*Sampled=1(?:;|$)/i.test(header) ? '01' : '00';
  const traceparent = `00-${time}${random}-${parent}-${flags}`.toLowerCase();
  return isTraceparent(traceparent) ? traceparent : undefined;
}
