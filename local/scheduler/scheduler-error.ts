/** An error of the Scheduler API. https://docs.aws.amazon.com/scheduler/latest/APIReference/CommonErrors.html */
export class SchedulerError extends Error {
  readonly status: number;

  constructor(code: keyof typeof STATUS, message: string) {
    super(message);
    this.name = code;
    this.status = STATUS[code];
  }
}

const STATUS = {
  AccessDeniedException: 403,
  ConflictException: 409,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 402,
  UnknownOperationException: 404,
  ValidationException: 400,
} as const;
