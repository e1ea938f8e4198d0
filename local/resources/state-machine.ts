import { oneOfAt, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { DefinitionError } from '../step-functions/definition/parse-definition.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceRequest, ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 80;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
export const stateMachine: ResourceType = {
  properties: [
    'Definition',
    'DefinitionString',
    'DefinitionSubstitutions',
    'RoleArn',
    'StateMachineName',
    'StateMachineType',
  ],
  withoutEffect: ['EncryptionConfiguration', 'LoggingConfiguration', 'Tags', 'TracingConfiguration'],

  async create(request) {
    const { properties, cloud } = request;
    oneOfAt(properties, 'StateMachineType', ['STANDARD']);
    const given = {
      name: stringAt(properties, 'StateMachineName') ?? physicalName(request, MAX_NAME_LENGTH),
      roleArn: required(stringAt(properties, 'RoleArn'), 'RoleArn'),
      definitionJson: definitionOf(request),
    };
    try {
      const { arn, name } = cloud.stepFunctions.createStateMachine(given);
      const summary = { kind: 'stateMachine', arn, name } as const;
      return {
        ref: arn,
        attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' },
        summary,
        start: async () => cloud.stepFunctions.resume(name),
      };
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      throw new StartError(error.message, { cause: error });
    }
  },
};

function definitionOf({ properties }: ResourceRequest): string {
  const { Definition, DefinitionSubstitutions: substitutions = {} } = properties;
  const text = stringAt(properties, 'DefinitionString') ?? (Definition && JSON.stringify(Definition));
  const definition = required(typeof text === 'string' ? text : undefined, 'DefinitionString or Definition');
  return Object.entries(substitutions as Readonly<Record<string, unknown>>).reduce(
    (json, [name, value]) => json.replaceAll(`\${${name}}`, String(value)),
    definition,
  );
}
