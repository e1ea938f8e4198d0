import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ApiError } from '../json-api/api-error.ts';
import type { JsonObject } from '../json-value.ts';
import type { Location } from '../service.ts';

export interface SecretVersion {
  readonly id: string;
  readonly createdAtMs: number;
  readonly string?: string | undefined;
  /** In base64. */
  readonly binary?: string | undefined;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly createdAtMs: number;
  current: SecretVersion;
  /** What it was before. */
  previous: SecretVersion | undefined;
}

export type SecretValue = Pick<SecretVersion, 'string' | 'binary'>;

/** Secrets with their current and their previous version. */
export class SecretStore {
  readonly #clock: Clock;
  readonly #location: Location;
  readonly #secrets = new Map<string, Secret>();

  constructor({ clock, location }: { clock: Clock; location: Location }) {
    this.#clock = clock;
    this.#location = location;
  }

  all(): readonly Secret[] {
    return [...this.#secrets.values()];
  }

  create(name: string, value: SecretValue, description?: string): Secret {
    if (!/^[\w/+=.@-]{1,512}$/.test(name)) {
      throw new ApiError(
        'InvalidParameterException',
        `A secret's name must be 1 to 512 of the characters A-Z, a-z, 0-9 and /_+=.@-, got ${name}`,
      );
    }
    if (this.#secrets.has(name)) {
      throw new ApiError('ResourceExistsException', `A secret with the name ${name} exists already.`);
    }
    const { region, accountId } = this.#location;
    // AWS's six are random; here they are the same at each start.
    const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
    const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
    const current = this.#version(value, randomUUID());
    const secret = { name, arn, description, createdAtMs: this.#clock.now(), current, previous: undefined };
    this.#secrets.set(name, secret);
    return secret;
  }

  /** @param id name, ARN, or ARN without the six characters at its end */
  find(id: string): Secret | undefined {
    return this.#secrets.get(id) ?? this.all().find(({ arn }) => arn === id || arn.slice(0, -7) === id);
  }

  /** @throws ApiError as Secrets Manager */
  require(id: string): Secret {
    const secret = this.find(id);
    if (!secret) {
      throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  /** @param token makes a repeated request harmless: it is the version's id. */
  put(secret: Secret, value: SecretValue, token: string): SecretVersion {
    const known = [secret.current, secret.previous].find(version => version?.id === token);
    if (known) {
      if (known.string === value.string && known.binary === value.binary) return known;
      throw new ApiError(
        'ResourceExistsException',
        `The version ${token} exists already with another value.`,
      );
    }
    secret.previous = secret.current;
    secret.current = this.#version(value, token);
    return secret.current;
  }

  save(): readonly JsonObject[] {
    return this.all().map(({ name, current, previous }) => ({ name, current, previous }));
  }

  #version({ string, binary }: SecretValue, id: string): SecretVersion {
    return { id, createdAtMs: this.#clock.now(), string, binary };
  }
}
