import { Command, Option } from 'commander';
import { diagnose } from '../../doctor/diagnose.js';
import { jsonOption } from '../options/output.js';
import { doctorLines } from '../output/doctor-report.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/** The options of `doctor` as commander passes them. */
interface DoctorCommandOptions {
  selfTest: boolean;
  speed: boolean;
  json?: string;
}

const HELP = `
The output of --json can be published in a bug report. The only personal information in it is the paths of the addon's
files and the values of the environment variables OPENBLAS_*, TWO_LAYER_NET_*, PREBUILDS_ONLY and LIBC.

Exit code 0: the addon loads and passes its checks, or there is no addon for this platform and another backend is
used. Exit code 1: something is wrong, and the last lines say what to do.`;

/** `two-layer-net doctor`: which backend runs on this machine, whether its results are correct, and how fast it is. */
export function doctorCommand(): Command {
  const command = new Command('doctor').description(
    'Show which backend runs on this machine and why, check its results against TypeScript, and suggest fixes.',
  );
  const options = [
    new Option('--no-self-test', 'skip the comparison with the TypeScript backend (about ten seconds)'),
    new Option('--no-speed', 'skip timing a training step (a few seconds)'),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.addHelpText('after', HELP).action((given: DoctorCommandOptions) => run(given));
}

async function run({ selfTest, speed, json }: DoctorCommandOptions): Promise<void> {
  await checkOutputs({ '--json': json });
  const onStep = (line: string) => void process.stderr.write(`${line}…\n`);
  const diagnosis = await diagnose({ selfTest, speed, onStep });
  await printResult(doctorLines(diagnosis), diagnosis, json);
  if (!diagnosis.verdict.ok) process.exitCode = 1;
}
