import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes ten seconds and more. Were it begun last, all but one of the processors would wait for its end. */
const SLOW = [
  'test/mutations/',
  'test/scenarios/',
  'test/testing/',
  'test/examples/',
  'test/faults/',
  'test/bin/',
  'test/model/',
  'test/lambda/export/write-export.test.ts',
  'test/lambda/fuzz.test.ts',
  'test/lib/compliance.test.ts',
];

/** On a machine that knows nothing of earlier runs, as those of the CI do not. */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

/** Files of one project stay together: a process is handed on only to the next. */
function rank({ moduleId, project }: TestSpecification): number {
  const slow = SLOW.some(path => moduleId.includes(path));
  return (project.config.isolate ? 0 : 2) + (slow ? 0 : 1);
}
