import { WORKFLOWS_VARIABLE } from '../../contract/workflow/workflow-environment.ts';
import { functionThatKnows, ROLE } from './deployed-stack.ts';

const MACHINE_ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'states.amazonaws.com' } },
      ],
    },
  },
};
const MACHINE = {
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
    DefinitionString: JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Check',
      States: {
        Check: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.wait %}', Next: 'Rest' }],
          Default: 'Give up',
        },
        Rest: { Type: 'Wait', Seconds: 86_400, End: true },
        'Give up': { Type: 'Fail', Error: 'NoPaper', Cause: 'out of paper' },
      },
    }),
  },
};
const knowing = (name: string, machine: string) =>
  functionThatKnows(WORKFLOWS_VARIABLE, [{ name, machine, table: 'Runs' }]);
/** A workflow, `remind`, whose runs wait for a day or fail at once, and a function that knows another one. */
export const FLOWS = {
  Role: ROLE,
  MachineRole: MACHINE_ROLE,
  Machine: MACHINE,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
  Steps: knowing('remind', '${Machine}'),
  Starter: knowing('elsewhere', 'arn:aws:states:us-east-1:000000000000:stateMachine:elsewhere'),
};
