import { expect, test } from 'vitest';
import { checkRouteKey, matchRoute } from '../../../local/http-api/routes.ts';

const matchIn = (keys: readonly string[], request: string) => {
  const [method = '', path = ''] = request.split(' ');
  const match = matchRoute(
    keys.map(key => ({ key, target: undefined })),
    method,
    path,
  );
  return match && [match.route.key, match.pathParameters];
};

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
const DOCUMENTED = [
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  '$default',
];

test.each([
  ['GET /pets/dog/1', 'GET /pets/dog/1', undefined],
  ['GET /pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET /pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
  ['POST /test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['GET /', '$default', undefined],
])('%s is for %s, as documented', (request, key, pathParameters) => {
  expect(matchIn(DOCUMENTED, request)).toEqual([key, pathParameters]);
  expect(matchIn([...DOCUMENTED].reverse(), request)).toEqual([key, pathParameters]);
});

test('a method comes before ANY, and a path that is more exact before both', () => {
  const keys = ['ANY /a/{x}', 'GET /a/{x}', 'ANY /a/b'];
  expect(matchIn(keys, 'GET /a/c')).toEqual(['GET /a/{x}', { x: 'c' }]);
  expect(matchIn(keys, 'PUT /a/c')).toEqual(['ANY /a/{x}', { x: 'c' }]);
  expect(matchIn(keys, 'GET /a/b')).toEqual(['ANY /a/b', undefined]);
});

test.each([
  ['POST /a', 'GET /a'],
  ['GET /a/', 'GET /a'],
  ['GET /a/b', 'GET /a'],
  ['GET /a/', 'GET /a/{x}'],
  ['GET /a', 'GET /a/{x+}'],
  ['GET /a/', 'GET /a/{x+}'],
])('%s is not for %s', (request, key) => {
  expect(matchIn([key], request)).toBeUndefined();
});

test('variables are decoded, and half an escape is left as it is', () => {
  expect(matchIn(['GET /{a}/{b}'], 'GET /x%20y%2Fz/50%')).toEqual(['GET /{a}/{b}', { a: 'x y/z', b: '50%' }]);
});

test.each([
  '',
  'GET',
  'GET a',
  'FETCH /a',
  'GET /a b',
  'GET /{all+}/a',
  'get /a',
])('a key of %j is refused', key => {
  expect(() => checkRouteKey(key)).toThrow(`got '${key}'`);
});
