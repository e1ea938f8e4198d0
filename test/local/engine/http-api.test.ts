import { App, Stack } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { FUNCTION, roleWith, shopOf } from '../permissions/function-fixture.ts';
import { running, runningShop } from './running.ts';
import { newFolder } from './written-assembly.ts';

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
test('an HTTP API that CDK makes leads to its functions, each as its route’s permission allows', async () => {
  const app = new App({ outdir: await newFolder() });
  const shop = new Stack(app, 'Shop');
  const fn = new lambda.Function(shop, 'Orders', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async ({ pathParameters }) => pathParameters ?? null;'),
  });
  const integration = new HttpLambdaIntegration('Orders', fn);
  const api = new HttpApi(shop, 'Api', {
    corsPreflight: { allowOrigins: ['*'], allowMethods: [CorsHttpMethod.ANY] },
    defaultIntegration: integration,
  });
  api.addRoutes({ path: '/orders/{id}', methods: [HttpMethod.POST], integration });
  api.addRoutes({ path: '/files/{path+}', integration });
  const engine = await running({ assembly: app.synth().directory });

  const { url, constructPath } = engine.httpApis[0] ?? {};
  const call = async (method: string, path: string) => {
    const response = await fetch(`${url}${path}`, { method });
    return [response.status, await response.json()];
  };

  expect(constructPath).toBe('Shop/Api');
  expect(await call('POST', 'orders/7')).toEqual([200, { id: '7' }]);
  expect(await call('GET', 'files/a/b')).toEqual([200, { path: 'a/b' }]);
  expect(await call('GET', 'elsewhere')).toEqual([200, null]);
});

const API = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop', ProtocolType: 'HTTP' } };
const ApiId = { Ref: 'Api' };

test('the endpoint is an attribute of the API', async () => {
  const engine = await runningShop({
    Resources: { Api: API },
    Outputs: { Endpoint: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
  });
  expect(`${engine.outputs.Shop?.Endpoint}/`).toBe(engine.httpApis[0]?.url);
});

test.each([
  ['nothing', undefined, 500],
  ['another route', '*/*/other', 500],
  ['this route', '*/POST/orders', 200],
])('a function whose policy allows the API %s', async (_, route, status) => {
  const permission = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: { Ref: 'Worker' },
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/${route}`,
      },
    },
  };
  const { engine } = await shopOf({
    Role: roleWith([]),
    Worker: FUNCTION,
    Api: API,
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId, StageName: '$default', AutoDeploy: true },
    },
    Orders: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Worker', 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId,
        RouteKey: 'POST /orders',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Orders' }]] },
      },
    },
    ...(route && { Permission: permission }),
  });

  expect((await fetch(`${engine.httpApis[0]?.url}orders`, { method: 'POST' })).status).toBe(status);
});

test('a REST API is refused by name', async () => {
  const api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } };
  await expect(runningShop({ Resources: { Api: api } })).rejects.toThrow('AWS::ApiGateway::RestApi');
});

test.each([
  ['Api', { Name: 'shop', ProtocolType: 'WEBSOCKET' }, 'ProtocolType must be one of HTTP'],
  ['Stage', { ApiId, StageName: 'prod', AutoDeploy: true }, 'StageName must be one of $default'],
  ['Stage', { ApiId, StageName: '$default' }, 'AutoDeploy must be true'],
  ['Route', { ApiId, RouteKey: 'GET /', Target: 'integrations/1', AuthorizationType: 'JWT' }, 'one of NONE'],
  ['Route', { ApiId, RouteKey: 'GET', Target: 'integrations/1' }, "got 'GET'"],
  [
    'Integration',
    { ApiId, IntegrationType: 'HTTP_PROXY', IntegrationUri: 'https://other.example' },
    'IntegrationType must be one of AWS_PROXY',
  ],
  [
    'Integration',
    { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: 'fn', PayloadFormatVersion: '1.0' },
    'PayloadFormatVersion must be one of 2.0',
  ],
])('a start with what is not there is refused: %s %j', async (type, Properties, message) => {
  const resource = { Type: `AWS::ApiGatewayV2::${type}`, Properties };
  const Resources = type === 'Api' ? { Api: resource } : { Api: API, Other: resource };
  await expect(runningShop({ Resources })).rejects.toThrow(message);
});
