import { type Mutation, resourceOf, type TemplateJson, withoutHash } from './template.ts';

interface Statement {
  Action: string | string[];
  Resource: unknown;
  readonly Effect: string;
  readonly Principal?: unknown;
}

/** What a role loses: one action on one resource. */
export interface Grant extends Mutation {
  readonly action: string;
}

const POLICY = 'AWS::IAM::Policy';
const RESOURCE_POLICIES = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'];
/** Where else a role could be granted something: grants in there would be overlooked. */
const OTHER_POLICIES = ['AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'];

/** The roles that are granted anything, by the construct that has them. */
export function rolesOf(template: TemplateJson): string[] {
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    if (OTHER_POLICIES.includes(Type) || (Type === 'AWS::IAM::Role' && 'Policies' in Properties)) {
      throw new Error(`${id} (${Type}) holds grants that nobody takes away; teach grantsOf to`);
    }
  }
  return [...new Set(policiesOf(template).map(({ role }) => role))].toSorted();
}

/**
 * Every action on every resource that the role is granted, each as the mutation that takes it away, however many
 * statements it stands in.
 */
export function grantsOf(template: TemplateJson, role: string): Grant[] {
  const policies = policiesOf(template).filter(policy => policy.role === role);
  const grants = policies.flatMap(({ id }) =>
    statementsOf(template, id).flatMap(statement =>
      [statement.Action].flat().flatMap(action =>
        [statement.Resource].flat().map(resource => ({
          name: `${action} on ${describe(resource)}`,
          action,
          change(mutated: TemplateJson) {
            for (const policy of policies) takeAway(statementsOf(mutated, policy.id), action, resource);
          },
        })),
      ),
    ),
  );
  return [...new Map(grants.map(grant => [grant.name, grant])).values()];
}

/** What each statement of the policies of queues, topics and buckets allows services, as the mutation that takes it away. */
export function allowancesOf(template: TemplateJson): Mutation[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => RESOURCE_POLICIES.includes(Type))
    .map(([logicalId]) => withoutHash(logicalId))
    .flatMap(id =>
      statementsOf(template, id).flatMap(({ Effect, Principal }, index) =>
        Effect === 'Deny'
          ? []
          : [
              {
                name: `${id} without what ${JSON.stringify(Principal)} may`,
                change: (mutated: TemplateJson) => void statementsOf(mutated, id).splice(index, 1),
              },
            ],
      ),
    );
}

/** The policies, each with the one role that it is of. */
function policiesOf({ Resources }: TemplateJson): readonly { readonly id: string; readonly role: string }[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === POLICY)
    .map(([logicalId, { Properties }]) => {
      const [role, ...others] = Properties.Roles as { Ref: string }[];
      if (role === undefined || others.length > 0) throw new Error(`${logicalId} must be of one role`);
      return { id: withoutHash(logicalId), role: withoutHash(role.Ref).replace(/(Service)?Role$/, '') };
    });
}

function takeAway(statements: Statement[], action: string, resource: unknown): void {
  statements.splice(0, Infinity, ...statements.flatMap(statement => without(statement, action, resource)));
}

function without(statement: Statement, action: string, resource: unknown): Statement[] {
  const isThis = (other: unknown) => JSON.stringify(other) === JSON.stringify(resource);
  const actions = [statement.Action].flat();
  const resources = [statement.Resource].flat();
  if (!actions.includes(action) || !resources.some(isThis)) return [statement];
  return [
    { ...statement, Action: actions.filter(other => other !== action) },
    { ...statement, Action: [action], Resource: resources.filter(other => !isThis(other)) },
  ].filter(
    ({ Action, Resource }) => Action.length > 0 && !(Array.isArray(Resource) && Resource.length === 0),
  );
}

function statementsOf(template: TemplateJson, policy: string): Statement[] {
  return (resourceOf(template, policy).Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

/** Logical ids for what CloudFormation knows: `JobsRunsTable/index/byTask`. */
function describe(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = resource as Intrinsic;
  if (joined)
    return joined[1]
      .map(describe)
      .join('')
      .replaceAll(/AWS::\w+/g, '');
  return withoutHash(Ref ?? attribute?.[0] ?? JSON.stringify(resource));
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [id: string, attribute: string];
  readonly 'Fn::Join'?: readonly [separator: '', parts: readonly unknown[]];
}
