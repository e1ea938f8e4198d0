/** A request as it came, before anybody vouches for it. */
export interface WebhookRequest {
  /** Names in lower case; the values of a repeated header joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Byte for byte what the provider has signed. */
  readonly rawBody: Buffer;
  readonly receivedAt: Date;
}

/** How a provider signs its deliveries: `githubSignature` and its like, or your own. */
export interface WebhookSignature {
  /**
   * Whether the secret's owner has signed the request, and lately. Compare in constant time: `timingSafeEqual` of
   * `node:crypto`.
   *
   * @returns true, or why not: for the log alone
   */
  verify(request: WebhookRequest, secret: string): true | string | Promise<true | string>;
  /**
   * The provider's id of a verified delivery, which a redelivery has again.
   *
   * @param body as JSON
   * @returns undefined when it has none: the delivery is refused
   */
  deliveryId(request: WebhookRequest, body: unknown): string | undefined;
}

/** The string in a field of a JSON object; undefined for anything else. */
export function textIn(body: unknown, field: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(body, field)?.value;
  return typeof value === 'string' ? value : undefined;
}
