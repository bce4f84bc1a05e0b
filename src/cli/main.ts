#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../platform/package-version.js';
import { isError, messageOf } from '../validation/kinds.js';
import { explainOtherNames } from './options/other-names.js';
import { benchCommand } from './verbs/bench.js';
import { convertCommand } from './verbs/convert.js';
import { dataCommand } from './verbs/data.js';
import { doctorCommand } from './verbs/doctor.js';
import { evaluateCommand } from './verbs/evaluate.js';
import { predictCommand } from './verbs/predict.js';
import { reproduceCommand } from './verbs/reproduce.js';
import { serveCommand } from './verbs/serve.js';
import { studyCommand } from './verbs/study.js';
import { sweepCommand } from './verbs/sweep.js';
import { trainCommand } from './verbs/train.js';

/** Exit codes besides 0 for success. A signal (130, 143) sets its own where it is handled. */
const EXIT = { failed: 1, usage: 2 } as const;

const version = packageVersion();

const program = new Command('two-layer-net')
  .description('Trains and runs a two-layer neural-network classifier (affine, ReLU, affine, softmax) on the CPU.')
  .version(version)
  .showHelpAfterError('(run with --help to see the options)');

for (const command of [
  trainCommand(),
  sweepCommand(),
  studyCommand(),
  reproduceCommand(),
  evaluateCommand(),
  predictCommand(),
  serveCommand(),
  convertCommand(),
  dataCommand(),
  benchCommand(version),
  doctorCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}
throwInsteadOfExit(program);
explainOtherNames(program);

/** Makes commander throw usage errors of every verb, so that one place sets the exit code. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const verb of command.commands) throwInsteadOfExit(verb);
}

/** Prints an error in one or two lines; with DEBUG set, also its stack. */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // Help and version end here too, with exit code 0. Commander has already printed the message.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
    return;
  }
  const message = messageOf(error);
  process.stderr.write(`error: ${message}\n`);
  if (process.env.DEBUG && isError(error)) process.stderr.write(`${error.stack}\n`);
  process.exitCode = EXIT.failed;
}

// A reader that closes its end (`| head`) is not an error, and must not stop a training or the writing of its files.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    fail(new Error(`Cannot write the output: ${error.message}`));
    process.exit();
  });
}

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
