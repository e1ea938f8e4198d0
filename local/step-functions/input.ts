import { isJsonObject, type JsonObject } from '../json-value.ts';
import { validationError } from './step-functions-error.ts';

/** The parameters of one request, read by their names. */
export class Input {
  readonly #fields: JsonObject;

  constructor(body: string) {
    let fields: unknown;
    try {
      fields = body === '' ? {} : JSON.parse(body);
    } catch (error) {
      throw validationError(
        `The request body must be JSON: ${error instanceof Error ? error.message : error}`,
      );
    }
    if (!isJsonObject(fields)) throw validationError('The request body must be a JSON object');
    this.#fields = fields;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value !== undefined) return value;
    throw validationError(
      `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  }

  optionalText(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    throw validationError(`'${name}' must be a string, got ${JSON.stringify(value)}`);
  }

  flag(name: string): boolean {
    return this.#fields[name] === true;
  }

  /** A whole number within a range; 0 stands for the default, as in the API. */
  count(name: string, byDefault: number, most: number): number {
    const value = this.#fields[name] ?? 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) {
      return value === 0 ? byDefault : value;
    }
    throw validationError(`'${name}' must be a whole number from 0 to ${most}, got ${JSON.stringify(value)}`);
  }
}
