import { oneOfAt, required, stringAt } from '../json-value.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 1011;

/** CloudFormation makes no SecureString. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
export const parameter: ResourceType = {
  properties: ['Name', 'Type', 'Value'],
  withoutEffect: ['AllowedPattern', 'DataType', 'Description', 'Policies', 'Tags', 'Tier'],

  async create(request) {
    const { properties, cloud } = request;
    const name = stringAt(properties, 'Name') ?? physicalName(request, MAX_NAME_LENGTH);
    const type = required(oneOfAt(properties, 'Type', ['String', 'StringList'] as const), 'Type');
    const value = required(stringAt(properties, 'Value'), 'Value');
    cloud.ssm.createParameter(name, type, value);
    return { ref: name, attributes: { Type: type, Value: value } };
  },
};
