import {
  CfnOutput,
  CfnParameter,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
  TimeZone,
} from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskQueue, TaskSchedule } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { checkHealth, countVisits, purgeVisits, sendDigest } from './tasks.ts';

export interface UpkeepStackProps extends StackProps {
  /**
   * Nobody is to be woken for what is not in production.
   * @default 'staging'
   */
  readonly stage?: 'production' | 'staging';
}

/** What has to be done by the clock: the four schedules that nearly every application has. */
export class UpkeepStack extends Stack {
  constructor(scope: Construct, id: string, { stage = 'staging', ...props }: UpkeepStackProps = {}) {
    super(scope, id, props);
    const healthUrl = new CfnParameter(this, 'HealthUrl', {
      default: 'https://example.com/',
      description: 'What check-health asks',
    });
    const visits = new Table(this, 'Visits', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const digest = new Topic(this, 'Digest', { enforceSSL: true });
    const queue = new TaskQueue(this, 'Upkeep', {
      tasks: [purgeVisits, countVisits, sendDigest, checkHealth],
      entry: 'examples/upkeep/consumer.ts',
      environment: { TABLE: visits.tableName, DIGEST_TOPIC: digest.topicArn },
    });
    visits.grant(queue.consumer, 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem');
    digest.grantPublish(queue.consumer);
    queue.alarms.notify(new Topic(this, 'Operations', { enforceSSL: true }));

    this.schedule(queue, { healthUrl: healthUrl.valueAsString, isProduction: stage === 'production' });
    new CfnOutput(this, 'VisitsTable', { value: visits.tableName });
  }

  private schedule(
    queue: TaskQueue,
    { healthUrl, isProduction }: { healthUrl: string; isProduction: boolean },
  ): void {
    // Paris, where nobody is at work then, and outside of the hours that clocks skip or repeat (2 to 3 there): in each
    // night once. One purge at a time; one that comes hours late would meet the day's load, and the next makes up for it.
    new TaskSchedule(this, 'PurgeNightly', {
      task: purgeVisits,
      queue,
      payload: { olderThanDays: 30 },
      schedule: ScheduleExpression.cron({ minute: '30', hour: '4', timeZone: TimeZone.EUROPE_PARIS }),
      overlap: 'skip',
      maxLateness: Duration.hours(2),
    });

    // UTC, in which a visit's day is counted: ten minutes after its end, when what was on its way has arrived.
    new TaskSchedule(this, 'CountDaily', {
      task: countVisits,
      queue,
      payload: {},
      schedule: ScheduleExpression.cron({ minute: '10', hour: '0', timeZone: TimeZone.of('UTC') }),
    });

    // New York, where its readers are: eight in the morning on their clocks, in winter and in summer. Not to the minute,
    // so any within a quarter of an hour will do.
    new TaskSchedule(this, 'DigestWeekly', {
      task: sendDigest,
      queue,
      payload: {},
      schedule: ScheduleExpression.cron({
        minute: '0',
        hour: '8',
        weekDay: 'MON',
        timeZone: TimeZone.AMERICA_NEW_YORK,
      }),
      flexibleWindow: Duration.minutes(15),
    });

    // No time zone: a rate counts elapsed time, so that no change of clocks leaves an hour unwatched. What a check of five
    // minutes ago would find, the next one finds as well.
    new TaskSchedule(this, 'CheckHealth', {
      task: checkHealth,
      queue,
      payload: { url: healthUrl },
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
      enabled: isProduction,
      overlap: 'skip',
      maxLateness: Duration.minutes(4),
    });
  }
}
