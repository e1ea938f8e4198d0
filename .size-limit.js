/**
 * A consumer without handlers, bundled as `TaskQueue` bundles it: what every consumer function carries. The limit is the
 * bench's goal for it, 1.1 times the same of plain Powertools (`consumer-bundle-ratio`), which this build has 440 kB of.
 */
export default [
  {
    name: 'consumer, minified, with the AWS SDK',
    path: 'dist/lambda/index.mjs',
    import: '{ createConsumer, handle }',
    limit: '484 kB',
    brotli: false,
    modifyEsbuildConfig: config => ({
      ...config,
      // Left out of the bundle of a queue without a payload bucket, and of every queue; Lambda's runtime has them.
      external: [...(config.external ?? []), '@aws-sdk/client-s3', '@aws-sdk/client-scheduler'],
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      mainFields: ['module', 'main'],
      keepNames: true,
    }),
  },
];
