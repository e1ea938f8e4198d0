/** The example as a CDK app of its own: `synth-example.ts ours|raw <folder>`. */
import { App } from 'aws-cdk-lib';

const [kind, outdir = ''] = process.argv.slice(2);
const app = new App({ outdir });
if (kind === 'ours') {
  const { ExampleStack } = await import('../../examples/app/stack.ts');
  new ExampleStack(app, 'Example');
} else {
  const { RawExampleStack } = await import('../baselines/raw-example-stack.ts');
  new RawExampleStack(app, 'Example');
}
app.synth();
