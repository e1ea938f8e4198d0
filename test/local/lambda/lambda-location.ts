export const LOCATION = {
  region: 'eu-west-1',
  accountId: '123456789012',
  endpoint: 'http://127.0.0.1:4566',
} as const;
