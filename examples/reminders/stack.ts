import { CfnParameter, Stack, type StackProps, TimeZone } from 'aws-cdk-lib';
import { FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskQueue, TaskSchedule } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { sendMail } from './tasks.ts';

/** Mails at their time: three days after somebody came, and each night. What is hard to wait for in a test. */
export class RemindersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const mailUrl = new CfnParameter(this, 'MailUrl', { description: 'The mail service' });
    const mails = new TaskQueue(this, 'Mails', {
      tasks: [sendMail],
      entry: 'examples/reminders/consumer.ts',
      environment: { MAIL_URL: mailUrl.valueAsString },
    });
    mails.alarms.notify(new Topic(this, 'Operations', { enforceSSL: true }));

    const api = new NodejsFunction(this, 'Api', {
      entry: 'examples/reminders/api.ts',
      runtime: Runtime.NODEJS_24_X,
      bundling: { minify: true, bundleAwsSDK: true, mainFields: ['module', 'main'] },
    });
    api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    mails.grantSend(api);
    mails.grantSchedule(api);

    new TaskSchedule(this, 'Nightly', {
      task: sendMail,
      queue: mails,
      payload: { to: 'team@example.com', subject: 'Who began a trial' },
      schedule: ScheduleExpression.cron({ minute: '0', hour: '3', timeZone: TimeZone.EUROPE_PARIS }),
    });
  }
}
