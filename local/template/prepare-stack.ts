import { stackId } from '../cloudformation/created-stack.ts';
import { isJsonObject, type JsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { type Conditions, chooseBranches, evaluateConditions } from './conditions.ts';
import { inCreationOrder } from './creation-order.ts';
import { parameterValue } from './parameters.ts';
import { markProviderFunctions } from './provider-functions.ts';
import { resolve, type Scope } from './resolve.ts';
import type { OutputDeclaration, ResourceDeclaration, Template } from './template.ts';

/** A template as far as it can be evaluated before anything exists: conditions decided, parameters known. */
export interface PreparedStack {
  readonly mappings: JsonObject;
  /** The resources that will exist, in the order to create them. */
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  /** Parameters and pseudo parameters by name; undefined for any other name. */
  parameter(name: string): unknown;
}

export interface StackIdentity {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * @param given values for template parameters, by name.
 * @throws StartError for a missing parameter, a condition that cannot be decided, or a cycle of resources.
 */
export function prepareStack(
  template: Template,
  identity: StackIdentity,
  given: Readonly<Record<string, string>>,
): PreparedStack {
  checkDependencies(template.resources);
  const pseudo = pseudoParameters(identity);
  const parameter = (name: string) => {
    const declaration = Object.hasOwn(template.parameters, name) ? template.parameters[name] : undefined;
    return declaration ? parameterValue(name, declaration, given[name]) : pseudo[name];
  };
  for (const [name, { type }] of Object.entries(template.parameters)) {
    if (!type.startsWith('AWS::SSM::')) parameter(name);
  }

  const conditions = evaluateConditions(template.conditions, (value, where) =>
    resolve(value, withoutResources(parameter, template.mappings, identity.region), where),
  );
  const present = <T extends { condition: string | undefined }>(declared: Readonly<Record<string, T>>) =>
    Object.entries(declared).filter(([, { condition }]) => condition === undefined || conditions(condition));

  return {
    mappings: template.mappings,
    resources: inCreationOrder(
      markProviderFunctions(
        new Map(present(template.resources).map(([id, resource]) => [id, decided(id, resource, conditions)])),
      ),
    ),
    outputs: new Map(
      present(template.outputs).map(([name, output]) => [
        name,
        { ...output, value: chooseBranches(output.value, conditions, `Outputs.${name}.Value`) },
      ]),
    ),
    parameter,
  };
}

/** Conditions are decided before any resource exists. */
function withoutResources(ref: Scope['ref'], mappings: JsonObject, region: string): Scope {
  const nothing = () => undefined;
  return { region, mappings, ref, attribute: nothing, exported: nothing, stackOutput: nothing };
}

function decided(id: string, resource: ResourceDeclaration, conditions: Conditions): ResourceDeclaration {
  const properties = chooseBranches(resource.properties, conditions, `Resources.${id}.Properties`);
  return { ...resource, properties: isJsonObject(properties) ? properties : {} };
}

function checkDependencies(resources: Template['resources']): void {
  for (const [id, { dependsOn }] of Object.entries(resources)) {
    const unknown = dependsOn.find(dependency => !Object.hasOwn(resources, dependency));
    if (unknown) throw new StartError(`Resources.${id}.DependsOn: this stack has no resource ${unknown}`);
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html, `AWS::NoValue` aside. */
function pseudoParameters({
  stackName,
  region,
  accountId,
}: StackIdentity): Readonly<Record<string, unknown>> {
  return {
    'AWS::Region': region,
    'AWS::AccountId': accountId,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': stackId(stackName, { region, accountId }),
    'AWS::NotificationARNs': [],
  };
}
