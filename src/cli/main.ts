#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../platform/package-files.js';
import { benchCommand } from './verbs/bench.js';
import { dataCommand } from './verbs/data.js';
import { doctorCommand } from './verbs/doctor.js';
import { evaluateCommand } from './verbs/evaluate.js';
import { predictCommand } from './verbs/predict.js';
import { reproduceCommand } from './verbs/reproduce.js';
import { sweepCommand } from './verbs/sweep.js';
import { trainCommand } from './verbs/train.js';

/** Exit codes: done, failed, wrong usage; interrupted (130) is set where the signal is taken. */
const EXIT = { failed: 1, usage: 2 } as const;

const version = packageVersion();

const program = new Command('two-layer-net')
  .description('Trains and runs a two-layer neural-network classifier (affine, ReLU, affine, softmax) on the CPU.')
  .version(version)
  .showHelpAfterError('(--help shows the options)');

for (const command of [
  trainCommand(),
  sweepCommand(),
  reproduceCommand(),
  evaluateCommand(),
  predictCommand(),
  dataCommand(),
  benchCommand(version),
  doctorCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}
throwInsteadOfExit(program);

/** Makes commander throw its usage errors, in every verb, so that one place decides the exit code. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const verb of command.commands) throwInsteadOfExit(verb);
}

/** One or two lines that name the cause and the remedy; the stack only where somebody debugs. */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // Help and version end here too, with exit code 0. Commander has printed already.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${message}\n`);
  if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = EXIT.failed;
}

// A reader that has seen enough (`| head`) is no error, and no reason to leave a training or its files undone.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
