import { isJsonObject } from '../json-value.ts';
import type { ResourceDeclaration } from './template.ts';

/** What a function is that only does custom resources. */
export const PROVIDER_FUNCTION = 'Provider of custom resources';

/**
 * The engine does itself what the custom resources that it knows ask for. Their functions are not needed, nor could
 * they run here: the one for notifications of buckets is Python.
 */
export function markProviderFunctions(
  resources: ReadonlyMap<string, ResourceDeclaration>,
): ReadonlyMap<string, ResourceDeclaration> {
  const providers = new Set(
    [...resources.values()]
      .filter(({ type }) => type.startsWith('Custom::'))
      .map(({ properties }) => functionIn(properties.ServiceToken)),
  );
  return new Map(
    [...resources].map(([id, resource]) =>
      resource.type === 'AWS::Lambda::Function' && providers.has(id)
        ? [id, { ...resource, type: PROVIDER_FUNCTION }]
        : [id, resource],
    ),
  );
}

/** `{ "Fn::GetAtt": ["Handler", "Arn"] }` */
function functionIn(serviceToken: unknown): unknown {
  if (!isJsonObject(serviceToken)) return undefined;
  const attribute = serviceToken['Fn::GetAtt'];
  return Array.isArray(attribute) ? attribute[0] : String(attribute).split('.')[0];
}
