/** A consumer without handlers, bundled as `TaskQueue` bundles it: what every consumer function carries. */
export default [
  {
    name: 'consumer, minified, with the AWS SDK',
    path: 'dist/lambda/index.mjs',
    import: '{ createConsumer, handle }',
    limit: '475 kB',
    brotli: false,
    modifyEsbuildConfig: config => ({
      ...config,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      mainFields: ['module', 'main'],
      keepNames: true,
    }),
  },
];
