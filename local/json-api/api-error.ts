/** An error of an API in AWS's JSON protocol. */
export class ApiError extends Error {
  readonly status: number;

  /** @param code the shape's name */
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.status = status;
  }
}
