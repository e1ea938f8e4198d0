import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder } from '../local/engine/written-assembly.ts';

/**
 * A project whose app writes a cloud assembly as CDK does: the template of `template.json`, and a function whose asset
 * is `handler.js`, named by its hash.
 */
export async function newProject(handler: string, resources: object = {}): Promise<Project> {
  const folder = await newFolder();
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const project: Project = {
    folder,
    writeHandler: text => write('handler.js', text),
    writeResources: more => write('resources.json', JSON.stringify(more)),
    writeApp: text => write('app.mjs', text),
  };
  await project.writeHandler(handler);
  await project.writeResources(resources);
  await project.writeApp(APP);
  await write('cdk.json', JSON.stringify({ app: 'node app.mjs' }));
  return project;
}

export interface Project {
  readonly folder: string;
  writeHandler(text: string): Promise<void>;
  /** Resources beside `Queue`, and the function `Api` with its URL. */
  writeResources(resources: object): Promise<void>;
  writeApp(text: string): Promise<void>;
}

const APP = `
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const out = process.env.CDK_OUTDIR;
const write = (name, value) => writeFileSync(out + '/' + name, JSON.stringify(value));
const handler = readFileSync('handler.js', 'utf8');
const hash = createHash('sha256').update(handler).digest('hex');
mkdirSync(out + '/asset.' + hash, { recursive: true });
writeFileSync(out + '/asset.' + hash + '/index.js', handler);
write('Shop.template.json', {
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue' },
    Api: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: hash },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
      },
    },
    Url: {
      Type: 'AWS::Lambda::Url',
      Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { 'Fn::GetAtt': ['Api', 'Arn'] } },
    },
    ...JSON.parse(readFileSync('resources.json', 'utf8')),
  },
});
write('assets.json', {
  version: '55.0.0',
  files: {
    [hash]: {
      source: { path: 'asset.' + hash, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: hash } },
    },
  },
});
write('manifest.json', {
  version: '55.0.0',
  artifacts: {
    Shop: {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: 'Shop.template.json' },
      dependencies: ['assets'],
      displayName: 'Shop',
    },
    assets: { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
  },
});
`;
