import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { SecretPlace } from '../../contract/webhook-environment.ts';

/** The class is named since it is no `ISecret` under TypeScript's `exactOptionalPropertyTypes`. */
type AnySecret = ISecret | Secret;

/** A secret of Secrets Manager, or a parameter of the Parameter Store. */
export type WebhookSecret = AnySecret | (IParameter & { readonly encryptionKey?: kms.IKey | undefined });

export function isOfSecretsManager(secret: WebhookSecret): secret is AnySecret {
  return 'secretArn' in secret;
}

/** Where the function finds it. */
export function placeOf(secret: WebhookSecret, field: string | undefined): SecretPlace {
  if (!isOfSecretsManager(secret)) return { parameter: secret.parameterName };
  return { secret: secret.secretArn, ...(field !== undefined && { field }) };
}

/** Not by CDK's own `grantRead`, which allows more: to describe a secret, and to read a parameter's history. */
export function grantRead(secret: WebhookSecret, grantee: iam.IGrantable): void {
  if (isOfSecretsManager(secret)) {
    // A secret that was looked up by name is known without the six characters that end its ARN.
    allow(grantee, 'secretsmanager:GetSecretValue', secret.secretFullArn ?? `${secret.secretArn}-??????`);
  } else {
    allow(grantee, 'ssm:GetParameter', secret.parameterArn);
  }
  secret.encryptionKey?.grantDecrypt(grantee);
}

function allow(grantee: iam.IGrantable, action: string, resourceArn: string): void {
  iam.Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [resourceArn] });
}
