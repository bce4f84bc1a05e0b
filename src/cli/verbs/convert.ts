import { Command, InvalidArgumentError, Option } from 'commander';
import { formatOfName, MODEL_EXTENSIONS } from '../../model/formats/all.js';
import { loadModel, saveModel } from '../../model/model.js';
import type { SaveOptions } from '../../model/model-types.js';
import { announceReplaced, checkOutputs } from '../output/output-files.js';

const EXTENSIONS = MODEL_EXTENSIONS.join(', ');

/** `two-layer-net convert A B`: a saved model in another format. */
export function convertCommand(): Command {
  return new Command('convert')
    .description('Save a model in another format, which the end of its name says.')
    .argument('<from>', 'model file in any supported format')
    .argument('<to>', `file to write: ${EXTENSIONS}`, checkName)
    .addOption(new Option('--layout <name>', "names and shapes of a safetensors file: PyTorch's").choices(['torch']))
    .addOption(new Option('--input <type>', 'type of the input of an ONNX file').choices(['float32', 'uint8']))
    .action(run);
}

function checkName(file: string): string {
  if (formatOfName(file)) return file;
  throw new InvalidArgumentError(`Expected a name that ends in ${EXTENSIONS}.`);
}

async function run(from: string, to: string, options: Pick<SaveOptions, 'layout' | 'input'>): Promise<void> {
  await checkOutputs({ 'the new model': to }, { files: { 'the model': from } });
  const model = await loadModel(from);
  await announceReplaced([to], () => saveModel(to, model, options));
}
