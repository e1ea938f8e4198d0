import type { Clock } from '../clock.ts';
import { ApiError } from '../json-api/api-error.ts';
import type { JsonObject } from '../json-value.ts';
import type { Location } from '../service.ts';

export const PARAMETER_TYPES = ['String', 'StringList', 'SecureString'] as const;

export interface Parameter {
  readonly name: string;
  readonly type: (typeof PARAMETER_TYPES)[number];
  readonly value: string;
  /** From 1, one more with each value. */
  readonly version: number;
  readonly changedAtMs: number;
}

/** Parameters with their last value. */
export class ParameterStore {
  readonly #clock: Clock;
  readonly #location: Location;
  readonly #parameters = new Map<string, Parameter>();

  constructor({ clock, location }: { clock: Clock; location: Location }) {
    this.#clock = clock;
    this.#location = location;
  }

  /** @param name or its ARN */
  find(name: string): Parameter | undefined {
    return this.#parameters.get(name) ?? this.all().find(parameter => this.arnOf(parameter.name) === name);
  }

  all(): readonly Parameter[] {
    return [...this.#parameters.values()];
  }

  put(name: string, type: Parameter['type'], value: string, { overwrite = false } = {}): Parameter {
    if (!/^[\w./-]{1,2048}$/.test(name)) {
      throw new ApiError(
        'ValidationException',
        `A parameter's name must have only a-z, A-Z, 0-9 and _.-/, got ${name}`,
      );
    }
    const before = this.#parameters.get(name);
    if (before && !overwrite) {
      throw new ApiError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    return this.restore({
      name,
      type,
      value,
      version: (before?.version ?? 0) + 1,
      changedAtMs: this.#clock.now(),
    });
  }

  restore(parameter: Parameter): Parameter {
    this.#parameters.set(parameter.name, parameter);
    return parameter;
  }

  save(): readonly JsonObject[] {
    return this.all().map(parameter => ({ ...parameter }));
  }

  /** A name that is a path begins with the slash that an ARN has there. */
  arnOf(name: string): string {
    const { region, accountId } = this.#location;
    return `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  }
}
