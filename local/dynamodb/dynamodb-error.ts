/** An error in DynamoDB's own shape; `body` goes to the client as it is, with status 400. */
export class DynamoDbError extends Error {
  override readonly name = 'DynamoDbError';
  readonly body: Readonly<Record<string, unknown>>;

  constructor(body: Readonly<Record<string, unknown>>) {
    super(String(body.message ?? body.Message ?? body.__type));
    this.body = body;
  }

  /** The error's name alone: `ConditionalCheckFailedException`. */
  get code(): string {
    return String(this.body.__type).replace(/^.*#/, '');
  }
}

export function validationError(message: string): DynamoDbError {
  return new DynamoDbError({ __type: 'com.amazon.coral.validate#ValidationException', message });
}

export function unknownOperation(message: string): DynamoDbError {
  return new DynamoDbError({ __type: 'com.amazon.coral.service#UnknownOperationException', message });
}

export function serializationError(message: string): DynamoDbError {
  return new DynamoDbError({ __type: 'com.amazon.coral.service#SerializationException', message });
}

/** This one, and no other, writes its message with a capital. */
export function accessDenied(message: string): DynamoDbError {
  return new DynamoDbError({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: message });
}
