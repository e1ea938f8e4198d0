import { StartError } from '../start-error.ts';
import type { ParameterDeclaration } from './template.ts';

const SSM_PARAMETER = /^AWS::SSM::Parameter::Value<.*>$/;

/**
 * The value of a template parameter: given, or its default.
 *
 * An SSM parameter's default is only the *name* of a value in AWS. It fails when it is referred to, and not before:
 * every CDK template declares one, `BootstrapVersion`, that nothing but its `Rules` reads.
 */
export function parameterValue(
  name: string,
  declaration: ParameterDeclaration,
  given: string | undefined,
): string | readonly string[] {
  const fix = `give it a value: --parameter ${name}=<value>, or parameters: { ${name}: '<value>' }`;
  if (given === undefined && SSM_PARAMETER.test(declaration.type)) {
    throw new StartError(
      `Parameters.${name} is the SSM parameter ${declaration.default ?? ''}, which only exists in AWS; ${fix}`,
    );
  }
  const value = given ?? declaration.default;
  if (value === undefined) throw new StartError(`Parameters.${name} has no default; ${fix}`);
  return isList(declaration.type) ? value.split(',').map(item => item.trim()) : value;
}

function isList(type: string): boolean {
  return type.includes('CommaDelimitedList') || type.includes('List<');
}
