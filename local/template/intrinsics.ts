import { isJsonObject } from '../json-value.ts';
import { attributeOf, list, ref, splitAttribute, text } from './lookups.ts';
import type { Intrinsic } from './resolve.ts';
import { substitute } from './substitute.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, evaluation) => ref(text(argument, evaluation), evaluation),

  'Fn::GetAtt': (argument, evaluation) => {
    const [logicalId, attribute] =
      typeof argument === 'string' ? splitAttribute(argument) : list(argument, evaluation, 2);
    return attributeOf(text(logicalId, evaluation), text(attribute, evaluation), evaluation);
  },

  'Fn::Sub': substitute,

  'Fn::Join': (argument, evaluation) => {
    const [delimiter, parts] = list(argument, evaluation, 2);
    return list(evaluation.resolve(parts), evaluation)
      .map(part => text(part, evaluation))
      .join(text(delimiter, evaluation));
  },

  'Fn::Split': (argument, evaluation) => {
    const [delimiter, source] = list(argument, evaluation, 2);
    return text(source, evaluation).split(text(delimiter, evaluation));
  },

  'Fn::Select': (argument, evaluation) => {
    const [index, items] = list(argument, evaluation, 2);
    const from = list(evaluation.resolve(items), evaluation);
    const position = text(index, evaluation);
    const selected = /^\d+$/.test(position) ? from[Number(position)] : undefined;
    return selected ?? evaluation.fail(`there is no item ${position} in a list of ${from.length}`);
  },

  'Fn::FindInMap': (argument, evaluation) => {
    const [mapName, topKey, secondKey, options] = list(argument, evaluation);
    const names = [mapName, topKey, secondKey].map(name => text(name, evaluation));
    let found: unknown = evaluation.scope.mappings;
    for (const name of names) found = isJsonObject(found) ? found[name] : undefined;
    if (found === undefined && isJsonObject(options)) found = evaluation.resolve(options.DefaultValue);
    return found ?? evaluation.fail(`the mappings have no ${names.join(' / ')}`);
  },

  'Fn::Base64': (argument, evaluation) => Buffer.from(text(argument, evaluation)).toString('base64'),

  'Fn::GetAZs': (argument, evaluation) => {
    const region = text(argument, evaluation) || evaluation.scope.region;
    return ['a', 'b', 'c'].map(zone => region + zone);
  },

  'Fn::ImportValue': (argument, evaluation) => {
    const name = text(argument, evaluation);
    return (
      evaluation.scope.exported(name) ??
      evaluation.fail(`no stack started before this one exports ${name}; start the stack that does, too`)
    );
  },

  'Fn::GetStackOutput': (argument, evaluation) => {
    if (!isJsonObject(argument))
      return evaluation.fail(`expected an object, got ${JSON.stringify(argument)}`);
    const stack = text(argument.StackName, evaluation);
    const output = text(argument.OutputName, evaluation);
    return (
      evaluation.scope.stackOutput(stack, output) ??
      evaluation.fail(`no stack ${stack} with an output ${output} was started before this one; start it, too`)
    );
  },

  'Fn::ToJsonString': (argument, evaluation) => JSON.stringify(evaluation.resolve(argument)),

  'Fn::Length': (argument, evaluation) => list(evaluation.resolve(argument), evaluation).length,
};
