import type { Location } from '../service.ts';
import { PROVIDER_FUNCTION } from '../template/provider-functions.ts';
import { physicalName } from './physical-name.ts';
import type { LiveResource, ResourceRequest } from './resource-type.ts';

/** A resource type that changes nothing on a laptop; `Ref` and `Fn::GetAtt` answer all the same. */
export interface TypeWithoutEffect {
  readonly because: string;
  /** What `Ref` answers: the value of this property, a generated name without it, or the ARN. */
  readonly ref?: { readonly property: string } | 'arn';
  /** Attributes that answer the generated name. */
  readonly attributes?: readonly string[];
  /** The ARN, for types that have one. */
  readonly arn?: (name: string, location: Location) => string;
}

const NETWORK = 'functions run on this machine and use its network';
const RETENTION = 'what it would delete ends with the engine';

export const typesWithoutEffect: Readonly<Record<string, TypeWithoutEffect>> = {
  'AWS::CDK::Metadata': { because: 'it only tells AWS about the use of CDK' },
  'AWS::CloudWatch::Dashboard': {
    because: 'there are no metrics to show',
    ref: { property: 'DashboardName' },
  },
  'AWS::Logs::LogGroup': {
    because: 'functions log to the console',
    ref: { property: 'LogGroupName' },
    arn: (name, { region, accountId }) => `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`,
  },
  'Custom::LogRetention': { because: RETENTION, attributes: ['LogGroupName'] },
  'Custom::S3AutoDeleteObjects': { because: RETENTION },
  [PROVIDER_FUNCTION]: {
    because: 'the engine itself does what custom resources ask for',
    arn: (name, { region, accountId }) => `arn:aws:lambda:${region}:${accountId}:function:${name}`,
  },

  'AWS::KMS::Alias': { because: 'nothing is encrypted', ref: { property: 'AliasName' } },

  'AWS::EC2::EIP': { because: NETWORK, attributes: ['AllocationId', 'PublicIp'] },
  'AWS::EC2::InternetGateway': { because: NETWORK, attributes: ['InternetGatewayId'] },
  'AWS::EC2::NatGateway': { because: NETWORK, attributes: ['NatGatewayId'] },
  'AWS::EC2::Route': { because: NETWORK },
  'AWS::EC2::RouteTable': { because: NETWORK, attributes: ['RouteTableId'] },
  'AWS::EC2::SecurityGroup': { because: NETWORK, attributes: ['GroupId', 'Id', 'VpcId'] },
  'AWS::EC2::SecurityGroupEgress': { because: NETWORK, attributes: ['Id'] },
  'AWS::EC2::SecurityGroupIngress': { because: NETWORK, attributes: ['Id'] },
  'AWS::EC2::Subnet': {
    because: NETWORK,
    attributes: ['AvailabilityZone', 'CidrBlock', 'SubnetId', 'VpcId'],
  },
  'AWS::EC2::SubnetRouteTableAssociation': { because: NETWORK, attributes: ['Id'] },
  'AWS::EC2::VPC': {
    because: NETWORK,
    attributes: ['CidrBlock', 'DefaultNetworkAcl', 'DefaultSecurityGroup', 'VpcId'],
  },
  'AWS::EC2::VPCEndpoint': { because: NETWORK, attributes: ['Id'] },
  'AWS::EC2::VPCGatewayAttachment': { because: NETWORK },
};

const MAX_NAME_LENGTH = 64;

export function createWithoutEffect(type: TypeWithoutEffect, request: ResourceRequest): LiveResource {
  const { properties, cloud } = request;
  const named = typeof type.ref === 'object' ? properties[type.ref.property] : undefined;
  const name = typeof named === 'string' ? named : physicalName(request, MAX_NAME_LENGTH);
  const arn = type.arn?.(name, cloud.location);
  // Where a property of that name was given, the attribute answers it: a subnet's CidrBlock, a parameter's Value.
  const attributes = Object.fromEntries(
    (type.attributes ?? []).map(attribute => [attribute, properties[attribute] ?? name]),
  );
  return {
    ref: type.ref === 'arn' ? (arn ?? name) : name,
    attributes: { ...attributes, ...(arn === undefined ? {} : { Arn: arn }) },
  };
}
