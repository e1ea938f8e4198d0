import { objectAt, stringAt } from '../json-value.ts';
import { generateSecretString } from '../secrets-manager/generate-secret-string.ts';
import { StartError } from '../start-error.ts';
import { encryptWith } from './key.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 512;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html */
export const secret: ResourceType = {
  properties: ['GenerateSecretString', 'KmsKeyId', 'Name', 'SecretString'],
  withoutEffect: ['Description', 'Tags'],

  async create(request) {
    const { properties, cloud } = request;
    const [given, generated] = [
      stringAt(properties, 'SecretString'),
      objectAt(properties, 'GenerateSecretString'),
    ];
    if (given !== undefined && generated !== undefined) {
      throw new StartError('only one of SecretString and GenerateSecretString may be given');
    }
    // Without either, AWS makes a secret that has no value yet.
    const string = given ?? generateSecretString(generated ?? {});
    const name = stringAt(properties, 'Name') ?? physicalName(request, MAX_NAME_LENGTH);
    const { arn } = cloud.secretsManager.createSecret(name, { string });
    encryptWith(request, arn, stringAt(properties, 'KmsKeyId'));
    return { ref: arn, attributes: { Id: arn } };
  },
};
