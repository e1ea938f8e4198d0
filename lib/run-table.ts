import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { RUN_TABLE } from '../contract/run-item.ts';

/** The classes are named since they are no `ITable` under TypeScript's `exactOptionalPropertyTypes`. */
export type AnyTable = dynamodb.ITable | dynamodb.Table | dynamodb.TableV2;

export interface RunTableProps {
  /**
   * An existing table: partition key `runId`, TTL attribute `expiresAt`, and the indexes `byTask` (`listKey`,
   * `createdAt`) and `deadLetters` (`deadLetterKey`, `finishedAt`).
   * @default a table is made: on demand, with point-in-time recovery
   */
  readonly table?: AnyTable;
  /**
   * Encrypts the table. Producers and the consumer are granted its use.
   * @default DynamoDB encrypts with a key that it owns
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * What becomes of the table, and with it of every run's status and result, when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const { partitionKey, timeToLiveAttribute, listIndex, deadLetterIndex } = RUN_TABLE;

/** What AWS asks of whoever uses a table under a customer's key. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * The DynamoDB table in which runs are recorded, one item a run. Several task queues may share it.
 *
 * @example
 * ```ts
 * const runTable = new RunTable(this, 'Runs');
 * new TaskQueue(this, 'Email', { tasks: [sendWelcomeEmail], entry: 'src/email.ts', runTable });
 * new TaskQueue(this, 'Images', { tasks: [resizeAvatar], entry: 'src/images.ts', runTable });
 * ```
 */
export class RunTable extends Construct {
  readonly table: AnyTable;

  constructor(scope: Construct, id: string, props: RunTableProps = {}) {
    super(scope, id);
    this.table = props.table ?? makeTable(this, props);
  }

  /** Grants actions on the table's items, and the use of its key. */
  grantItems(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return this.grantOn([this.table.tableArn], grantee, actions);
  }

  /** Grants queries on the two indexes, and the use of the table's key. */
  grantIndexes(grantee: iam.IGrantable): iam.Grant {
    return this.grantQueries(grantee, listIndex, deadLetterIndex);
  }

  /** Grants queries on the index that lists runs, and the use of the table's key. */
  grantListIndex(grantee: iam.IGrantable): iam.Grant {
    return this.grantQueries(grantee, listIndex);
  }

  private grantQueries(grantee: iam.IGrantable, ...indexes: readonly { readonly name: string }[]): iam.Grant {
    const arns = indexes.map(({ name }) => `${this.table.tableArn}/index/${name}`);
    return this.grantOn(arns, grantee, ['dynamodb:Query']);
  }

  /** The table's own grant methods would give every index and, to readers, its streams. */
  private grantOn(resourceArns: string[], grantee: iam.IGrantable, actions: string[]): iam.Grant {
    this.table.encryptionKey?.grant(grantee, ...KEY_ACTIONS);
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns });
  }
}

/** Not a global table: a claim is a conditional write, and those do not hold across replicas. */
function makeTable(scope: Construct, props: RunTableProps): dynamodb.Table {
  const { encryptionKey, removalPolicy = RemovalPolicy.RETAIN } = props;
  const { STRING, NUMBER } = dynamodb.AttributeType;
  const table = new dynamodb.Table(scope, 'Table', {
    partitionKey: { name: partitionKey, type: STRING },
    timeToLiveAttribute,
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(encryptionKey && { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    removalPolicy,
  });
  for (const index of [listIndex, deadLetterIndex]) {
    table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: { name: index.partitionKey, type: STRING },
      sortKey: { name: index.sortKey, type: NUMBER },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
  }
  return table;
}
