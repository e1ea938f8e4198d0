import { type Mutation, resourceOf, type TemplateJson, withoutHash } from './template.ts';

interface Statement {
  Action: string | string[];
  Resource: unknown;
  readonly Effect: string;
}

/** What a role loses: one action on one resource. */
export interface Grant extends Mutation {
  readonly action: string;
}

const POLICY = 'AWS::IAM::Policy';
/** Where else a role could be granted something: grants in there would be overlooked. */
const OTHER_POLICIES = ['AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy'];

/** The roles that are granted anything, by the construct that has them. */
export function rolesOf({ Resources }: TemplateJson): string[] {
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (OTHER_POLICIES.includes(Type) || (Type === 'AWS::IAM::Role' && 'Policies' in Properties)) {
      throw new Error(`${id} (${Type}) holds grants that nobody takes away; teach grantsOf to`);
    }
  }
  const policies = Object.entries(Resources).filter(([, { Type }]) => Type === POLICY);
  return policies.map(([id]) => withoutHash(id).replace(POLICY_OF_ROLE, '')).toSorted();
}

const POLICY_OF_ROLE = /(Service)?RoleDefaultPolicy$/;

/** Every action on every resource that the role is granted, each as the mutation that takes it away. */
export function grantsOf(template: TemplateJson, role: string): Grant[] {
  const ids = Object.keys(template.Resources).map(withoutHash);
  const policy = ids.find(id => POLICY_OF_ROLE.test(id) && id.replace(POLICY_OF_ROLE, '') === role);
  if (policy === undefined)
    throw new Error(`the role ${role} is granted nothing; there are ${ids.join(', ')}`);
  return statementsOf(template, policy).flatMap((statement, index) =>
    [statement.Action].flat().flatMap(action =>
      [statement.Resource].flat().map(resource => ({
        name: `${action} on ${describe(resource)}`,
        action,
        change: mutated => takeAway(statementsOf(mutated, policy), index, action, resource),
      })),
    ),
  );
}

function takeAway(statements: Statement[], index: number, action: string, resource: unknown): void {
  const [statement] = statements.splice(index, 1);
  if (statement === undefined) throw new Error(`there is no statement ${index}`);
  const isThis = (other: unknown) => JSON.stringify(other) === JSON.stringify(resource);
  const actions = [statement.Action].flat();
  const resources = [statement.Resource].flat();
  statements.push(
    ...[
      { ...statement, Action: actions.filter(other => other !== action) },
      { ...statement, Action: [action], Resource: resources.filter(other => !isThis(other)) },
    ].filter(
      ({ Action, Resource }) => Action.length > 0 && !(Array.isArray(Resource) && Resource.length === 0),
    ),
  );
}

function statementsOf(template: TemplateJson, policy: string): Statement[] {
  return (resourceOf(template, policy).Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

/** The resource's logical id, and what of it. */
function describe(resource: unknown): string {
  const text = JSON.stringify(resource);
  const id = /"Fn::GetAtt":\["(\w+)"/.exec(text)?.[1];
  const part = /"(\/[\w/]+)"/.exec(text)?.[1] ?? '';
  return id === undefined ? text : withoutHash(id) + part;
}
