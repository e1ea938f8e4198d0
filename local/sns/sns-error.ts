/** An error in SNS's own shape. */
export class SnsError extends Error {
  override readonly name = 'SnsError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

export function invalidParameter(reason: string): SnsError {
  return new SnsError('InvalidParameter', `Invalid parameter: ${reason}`);
}
