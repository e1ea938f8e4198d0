import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { element } from '../front-door/xml.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import type { Location, Service } from '../service.ts';
import { ACTIONS, CloudFormationError, perform, stackNameOf } from './actions.ts';
import { type CreatedStack, stackId } from './created-stack.ts';

/** CloudFormation, as far as it tells of stacks that exist. They are created by the engine, not by its clients. */
export interface CloudFormationService extends Service {
  /** From now on the stack is told of. */
  add(stack: CreatedStack): void;
}

export function createCloudFormationService({ location }: { location: Location }): CloudFormationService {
  const stacks = new Map<string, CreatedStack>();
  return {
    signingName: 'cloudformation',
    add: stack => void stacks.set(stack.name, stack),
    async handle(request, response, authorize) {
      const fields = new URLSearchParams(await text(request));
      try {
        const action = fields.get('Action') ?? '';
        const named = fields.get('StackName');
        if (Object.hasOwn(ACTIONS, action)) {
          authorize?.(
            `cloudformation:${action}`,
            named === null ? '*' : stackId(stackNameOf(named), location),
          );
        }
        answer(response, 200, perform(fields, stacks, location));
      } catch (error) {
        const failure =
          error instanceof AccessDenied ? new CloudFormationError('AccessDenied', error.message, 403) : error;
        if (!(failure instanceof CloudFormationError)) throw failure;
        const { code, message, statusCode } = failure;
        const details = element('Type', 'Sender') + element('Code', code) + element('Message', message);
        answer(response, statusCode, `<ErrorResponse><Error>${details}</Error></ErrorResponse>`);
      }
    },
    stop: async () => {},
  };
}

function answer(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
}
