import { createHash } from 'node:crypto';
import { booleanAt, numberAt, objectAt, oneOfAt, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { corsOf } from './cors-of.ts';
import { functionOf } from './function-of.ts';
import type { ResourceType } from './resource-type.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html */
export const httpApi: ResourceType = {
  properties: ['CorsConfiguration', 'Name', 'ProtocolType'],
  // The laptop has no domain names: with the endpoint disabled nothing would be left.
  withoutEffect: [
    'Description',
    'DisableExecuteApiEndpoint',
    'IpAddressType',
    'RouteSelectionExpression',
    'Tags',
  ],

  async create({ properties, cloud, stackName, logicalId }) {
    required(oneOfAt(properties, 'ProtocolType', ['HTTP']), 'ProtocolType');
    const id = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 10);
    const name = required(stringAt(properties, 'Name'), 'Name');
    const { clock, location, permissions, httpApis } = cloud;
    const { url, stop } = await httpApis.start({
      id,
      name,
      location,
      clock,
      authorize: (routeArn, functionArn) =>
        permissions.authorizerOfService('apigateway.amazonaws.com', routeArn)?.(
          'lambda:InvokeFunction',
          functionArn,
        ),
      ...corsOf(objectAt(properties, 'CorsConfiguration')),
    });
    return {
      ref: id,
      attributes: { ApiId: id, ApiEndpoint: url.slice(0, -1) },
      summary: { kind: 'httpApi', name, url },
      stop,
    };
  },
};

/** The longest, and what it is when none is given. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_TIMEOUT_MS = 30_000;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html */
export const httpApiIntegration: ResourceType = {
  properties: ['ApiId', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
  // A function is always asked by POST.
  withoutEffect: ['Description', 'IntegrationMethod'],

  async create({ properties, cloud }) {
    required(oneOfAt(properties, 'IntegrationType', ['AWS_PROXY']), 'IntegrationType');
    required(oneOfAt(properties, 'PayloadFormatVersion', ['2.0']), 'PayloadFormatVersion');
    const uri = required(stringAt(properties, 'IntegrationUri'), 'IntegrationUri');
    // Either the function's ARN, or the path by which API Gateway invokes it.
    const functionArn = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
    const timeoutMs = numberAt(properties, 'TimeoutInMillis') ?? MAX_TIMEOUT_MS;
    if (timeoutMs < 50 || timeoutMs > MAX_TIMEOUT_MS) {
      throw new StartError(`TimeoutInMillis must be 50 to ${MAX_TIMEOUT_MS}, got ${timeoutMs}`);
    }
    const api = cloud.httpApis.require(required(stringAt(properties, 'ApiId'), 'ApiId'));
    const id = api.addIntegration({ target: functionOf(functionArn, cloud), timeoutMs });
    return { ref: id, attributes: { IntegrationId: id } };
  },
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html */
export const httpApiRoute: ResourceType = {
  properties: ['ApiId', 'AuthorizationType', 'RouteKey', 'Target'],
  withoutEffect: ['OperationName'],

  async create({ properties, cloud }) {
    oneOfAt(properties, 'AuthorizationType', ['NONE']);
    const key = required(stringAt(properties, 'RouteKey'), 'RouteKey');
    const target = required(stringAt(properties, 'Target'), 'Target');
    const api = cloud.httpApis.require(required(stringAt(properties, 'ApiId'), 'ApiId'));
    api.addRoute(key, target.replace(/^integrations\//, ''));
    return { ref: key, attributes: { RouteId: key } };
  },
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html */
export const httpApiStage: ResourceType = {
  properties: ['ApiId', 'AutoDeploy', 'StageName'],
  withoutEffect: ['AccessLogSettings', 'DefaultRouteSettings', 'Description', 'RouteSettings', 'Tags'],

  async create({ properties, cloud }) {
    const name = required(oneOfAt(properties, 'StageName', ['$default']), 'StageName');
    if (booleanAt(properties, 'AutoDeploy') !== true) {
      throw new StartError('AutoDeploy must be true: the local engine has no deployments of an API');
    }
    cloud.httpApis.require(required(stringAt(properties, 'ApiId'), 'ApiId')).deploy();
    return { ref: name, attributes: {} };
  },
};
