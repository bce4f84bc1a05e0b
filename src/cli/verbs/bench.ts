import { Command } from 'commander';
import { measure } from '../../measure/measure.js';
import type { BenchResult } from '../../measure/result.js';
import { thisMachine } from '../../platform/this-machine.js';
import {
  type MeasurementOptions,
  measurementOptions,
  measurementSettings,
  withoutOpenblasChoices,
} from '../options/measurement.js';
import { measurementTables, reportLines } from '../output/measurement-report.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/**
 * `two-layer-net bench`: the speed of training and prediction on this machine, and the processor's peak.
 *
 * @param version - this package's
 */
export function benchCommand(version: string): Command {
  const command = new Command('bench').description(
    "Measure training steps, predictions and validation: their time, and their share of the processor's peak.",
  );
  for (const option of measurementOptions()) command.addOption(option);
  return command.action((options: MeasurementOptions) => run(options, version));
}

async function run(options: MeasurementOptions, version: string): Promise<void> {
  await checkOutputs({ '--json': options.json });
  const ignored = withoutOpenblasChoices();
  const measured = await measure(measurementSettings(options), (line) => process.stderr.write(`${line}\n`));
  const result: BenchResult = { version, machine: thisMachine(), ignored, ...measured };
  await printResult(reportLines(measurementTables(result)), result, options.json);
}
