import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take a minute or more wherever they run, most of it waiting. */
const LONGEST: readonly string[] = ["test/stacks/terraform.test.ts"];

/** Begins first what waits longest: begun last, all others would be done and wait for it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((file) => moduleId.endsWith(`/${file}`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
