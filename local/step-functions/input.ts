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

  /** @param longest in characters */
  boundedText(name: string, longest: number): string | undefined {
    const value = this.optionalText(name);
    if (value === undefined || value.length <= longest) return value;
    throw validationError(
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
    );
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const value = values.find(each => each === text);
    if (value !== undefined) return value;
    throw validationError(
      `1 validation error detected: Value '${text}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
    );
  }

  flag(name: string, byDefault = false): boolean {
    return (this.#fields[name] ?? byDefault) === true;
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
