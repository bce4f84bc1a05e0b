import { Command, Option } from 'commander';
import { diagnose } from '../../doctor/diagnose.js';
import { jsonOption } from '../options/options.js';
import { doctorLines } from '../output/doctor-report.js';
import { checkOutputs } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

/** The options of `doctor` as commander gives them. */
interface DoctorCommandOptions {
  selfTest: boolean;
  speed: boolean;
  json?: string;
}

const HELP = `
What --json writes can be published in a bug report: the only personal things in it are the paths of the addon's files,
and the values of the environment's variables OPENBLAS_*, TWO_LAYER_NET_*, PREBUILDS_ONLY and LIBC.

Exit code 0: the addon loads and its checks pass; or there is none for this platform, and TypeScript serves.
Exit code 1: something is wrong, and the last lines say what to do.`;

/** `two-layer-net doctor`: what runs here, whether it computes rightly, and how fast. */
export function doctorCommand(): Command {
  const command = new Command('doctor').description(
    'Show what runs on this machine and why, test its results against TypeScript, and say what to do where it is wrong.',
  );
  const options = [
    new Option('--no-self-test', 'leave out the comparison with TypeScript (about ten seconds)'),
    new Option('--no-speed', 'leave out the time of a training step (a few seconds)'),
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
