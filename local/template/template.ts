import { arrayAt, isJsonObject, type JsonObject, objectAt, required, stringAt } from '../json-value.ts';
import { StartError, startErrorIn } from '../start-error.ts';

/** A CloudFormation template whose outline has been checked; its values may still hold intrinsics anywhere. */
export interface Template {
  readonly parameters: Readonly<Record<string, ParameterDeclaration>>;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: Readonly<Record<string, ResourceDeclaration>>;
  readonly outputs: Readonly<Record<string, OutputDeclaration>>;
}

export interface ParameterDeclaration {
  readonly type: string;
  readonly default: string | undefined;
}

export interface ResourceDeclaration {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
}

export interface OutputDeclaration {
  readonly value: unknown;
  readonly exportName: unknown;
  readonly condition: string | undefined;
}

const SECTIONS: readonly string[] = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  // Rules guard a deployment (CDK's only one asks for the version of the bootstrap stack). Nothing is deployed here.
  'Rules',
];

/** What CDK writes when a template uses `Fn::Length`, `Fn::ToJsonString` or a default in `Fn::FindInMap`. */
const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

/** @throws StartError for what is no template, and for sections and transforms that have no counterpart here. */
export function parseTemplate(document: unknown): Template {
  if (!isJsonObject(document)) throw new StartError('the template is not a JSON object');
  for (const section of Object.keys(document)) {
    if (!SECTIONS.includes(section)) throw new StartError(`the template section ${section} is not supported`);
  }
  refuseMacros(document.Transform);
  return {
    parameters: entriesOf(document, 'Parameters', parseParameter),
    mappings: objectAt(document, 'Mappings') ?? {},
    conditions: objectAt(document, 'Conditions') ?? {},
    resources: entriesOf(document, 'Resources', parseResource),
    outputs: entriesOf(document, 'Outputs', parseOutput),
  };
}

function refuseMacros(transform: unknown): void {
  for (const macro of Array.isArray(transform) ? transform : [transform]) {
    if (macro !== undefined && macro !== LANGUAGE_EXTENSIONS) {
      throw new StartError(
        `the transform ${JSON.stringify(macro)} is not supported, only ${LANGUAGE_EXTENSIONS} is`,
      );
    }
  }
}

function parseParameter(declaration: JsonObject): ParameterDeclaration {
  return { type: required(stringAt(declaration, 'Type'), 'Type'), default: stringAt(declaration, 'Default') };
}

function parseResource(declaration: JsonObject): ResourceDeclaration {
  const { DependsOn: dependsOn } = declaration;
  return {
    type: required(stringAt(declaration, 'Type'), 'Type'),
    properties: objectAt(declaration, 'Properties') ?? {},
    dependsOn:
      typeof dependsOn === 'string' ? [dependsOn] : (arrayAt(declaration, 'DependsOn') ?? []).map(String),
    condition: stringAt(declaration, 'Condition'),
  };
}

function parseOutput(declaration: JsonObject): OutputDeclaration {
  return {
    value: declaration.Value,
    exportName: objectAt(declaration, 'Export')?.Name,
    condition: stringAt(declaration, 'Condition'),
  };
}

function entriesOf<T>(
  document: JsonObject,
  section: string,
  parse: (declaration: JsonObject) => T,
): Readonly<Record<string, T>> {
  const parsed: Record<string, T> = {};
  for (const [name, declaration] of Object.entries(objectAt(document, section) ?? {})) {
    if (!isJsonObject(declaration)) throw new StartError(`${section}.${name} is not an object`);
    try {
      parsed[name] = parse(declaration);
    } catch (error) {
      throw startErrorIn(`${section}.${name}`, error);
    }
  }
  return parsed;
}
