/** An action of KMS. */
export type KeyAction = 'Decrypt' | 'GenerateDataKey';

/**
 * What a request needs of the customer managed key that what it is about is encrypted with.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
const KEY_ACTIONS: Readonly<Record<string, readonly KeyAction[]>> = {
  'sqs:sendmessage': ['GenerateDataKey', 'Decrypt'],
  'sqs:receivemessage': ['Decrypt'],
  'sns:publish': ['GenerateDataKey', 'Decrypt'],
  's3:putobject': ['GenerateDataKey'],
  's3:getobject': ['Decrypt'],
  'secretsmanager:getsecretvalue': ['Decrypt'],
};

/**
 * Of the steps of an upload in parts, which S3 reads again when it puts the object together.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
 */
export const KEY_ACTIONS_OF_UPLOADS: readonly KeyAction[] = ['GenerateDataKey', 'Decrypt'];

/** DynamoDB asks KMS for the table's key on behalf of whoever reads or writes. https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html */
const ITEM_ACTION = /^dynamodb:(\w*item|query|scan|conditioncheckitem)$/;

/** @param action `sqs:SendMessage`, in any case */
export function keyActionsOf(action: string): readonly KeyAction[] {
  const name = action.toLowerCase();
  return KEY_ACTIONS[name] ?? (ITEM_ACTION.test(name) ? ['Decrypt'] : []);
}
