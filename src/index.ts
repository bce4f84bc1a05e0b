/**
 * two-layer-net: trains and runs a two-layer neural-network classifier (affine, ReLU, affine, softmax) on the CPU.
 *
 * @module two-layer-net
 */
export type { BestEpoch, BindingInfo } from '../binding.js';
export * from './api.js';
export { ProcessGroup, processGroup } from './backend/mpi/process-group.js';
export type { AddonSituation } from './backend/native/native.js';
export { type Checkpoint, loadCheckpoint } from './checkpoint/checkpoint.js';
export type { NumberSummary } from './data/describe/description.js';
export type { PublishedDatasetName } from './data/download/catalogue.js';
export { type DownloadedDataset, type DownloadOptions, downloadDataset } from './data/download/download-dataset.js';
export type { DownloadProgress } from './data/download/download-progress.js';
export type { CifarLabels } from './data/formats/cifar/version.js';
export { type LoadCifar10Options, loadCifar10 } from './data/formats/cifar10.js';
export { readCifarRecords } from './data/formats/cifar10-records.js';
export type { LoadDatasetOptions } from './data/formats/format.js';
export { loadDataset } from './data/load-dataset.js';
export { loadRows } from './data/load-rows.js';
export type { OpenMatrixOptions } from './data/matrix.js';
export { type SaveDatasetOptions, saveDataset } from './data/save/save-dataset.js';
export { type WriteSyntheticOptions, writeSyntheticCifar10 } from './data/synthetic/synthetic.js';
export type { AddonFacts, AddonFileFacts } from './doctor/addon.js';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './doctor/diagnose.js';
export type { Observations } from './doctor/observations.js';
export type { ProcessorFacts } from './doctor/processor.js';
export type { CheckName, SelfTest, SelfTestCheck } from './doctor/self-test.js';
export type { Speed } from './doctor/speed.js';
export type { SystemFacts } from './doctor/system.js';
export type { Finding, Verdict } from './doctor/verdict.js';
export type { BenchShape } from './measure/shapes.js';
export { loadModel, saveModel } from './model/model.js';
export type { Processors } from './platform/processors.js';
export type { ShuffledTypedArray } from './random/shuffle.js';
export type {
  ReportClasses,
  ReportData,
  ReportHistory,
  ReportImage,
  ReportMachine,
  ReportMistake,
  ReportPatch,
  ReportProgress,
  ReportRows,
} from './report/content/report-data.js';
export { makeReport, writeReport } from './report/document/make-report.js';
export type { ReportInput } from './report/document/report-input.js';
export { LiveReport } from './report/live/live-server.js';
export { historyLog } from './report/logs/history-log.js';
export { type TensorboardOptions, tensorboard } from './report/logs/tensorboard.js';
export type { CheckpointOptions } from './training/checkpoint-options.js';
export type { StateSource } from './training/state.js';
export {
  fingerprint,
  ResultsFile,
  type ResumedSearch,
  type SavedSearch,
} from './tune/results-file.js';
export type { SearchHeader } from './tune/search-header.js';
export type { ResolvedChoices } from './tune/settings.js';
export type { SweepCheckpointOptions } from './tune/trial-states.js';
export type { RowData } from './validation/typed-arrays.js';
