import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** How a test file names the helpers that start programs or a browser. */
const STARTS_PROGRAMS = /from '[./]+support\/(run-cli|chromium|package-copy|report-page)\.js'/;

/** Starts the files that wait for programs or a browser first, so that no core is left with one of them at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const startsPrograms = new Map(
      sorted.map((file) => [file, STARTS_PROGRAMS.test(readFileSync(file.moduleId, 'utf8'))]),
    );
    return sorted.toSorted((a, b) => Number(startsPrograms.get(b)) - Number(startsPrograms.get(a)));
  }
}
