import { App } from 'aws-cdk-lib';
import { ExampleStack } from '../examples/app/stack.ts';

const app = new App();
new ExampleStack(app, 'BackgroundJobsExample', {
  description: 'Background jobs: the example of cdk-background-jobs',
});
