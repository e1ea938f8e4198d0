import { StartError } from '../../local/start-error.ts';

/** There is nothing of what a command is about. A command on something else, which would only use it, goes on without. */
export class NoneFound extends StartError {
  override readonly name = 'NoneFound';
}
