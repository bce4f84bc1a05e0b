/**
 * two-layer-net: trains and runs a two-layer neural-network classifier (affine, ReLU, affine, softmax) on the CPU.
 *
 * @packageDocumentation
 */
export type { ParameterArrays, Reals } from '../binding.js';
export { type BackendChoice, type BackendInfo, type BackendName, backendInfo } from './backend/choose.js';
export type { AddonSituation } from './backend/native/native.js';
export type { ImageDataset, LabelledRows } from './data/dataset.js';
export { type LoadCifar10Options, loadCifar10, readCifarRecords } from './data/formats/cifar10.js';
export { Matrix, type MatrixData, type MatrixOptions } from './data/matrix.js';
export {
  type SyntheticOptions,
  syntheticCifar10,
  type WriteSyntheticOptions,
  writeSyntheticCifar10,
} from './data/synthetic/synthetic.js';
export type { AddonFacts, AddonFileFacts } from './doctor/addon.js';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './doctor/diagnose.js';
export type { Observations } from './doctor/observations.js';
export type { ProcessorFacts } from './doctor/processor.js';
export type { CheckName, SelfTest, SelfTestCheck } from './doctor/self-test.js';
export type { Speed } from './doctor/speed.js';
export type { SystemFacts } from './doctor/system.js';
export type { Finding, Verdict } from './doctor/verdict.js';
export { loadModel, type Model, type ModelHistory, type ModelParams, saveModel } from './model/model.js';
export { type Evaluation, evaluate } from './net/evaluation.js';
export { type GradientCheckOptions, type GradientErrors, gradientCheck } from './net/gradient-check.js';
export { restoreTraining } from './net/restore-training.js';
export {
  type ComputeOptions,
  type LossAndGradients,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from './net/two-layer-net.js';
export type { Processors } from './platform/processors.js';
export { RandomState, type RandomStateSnapshot, type RandomStateSnapshotInput } from './random/random-state.js';
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
export { makeReport, type ReportDataset, type ReportInput, writeReport } from './report/document/make-report.js';
export { LiveReport } from './report/live/live-server.js';
export { Picture } from './report/pictures/picture.js';
export {
  type ImageShape,
  type PlotWeightsOptions,
  plotWeights,
  type WeightsOwner,
} from './report/pictures/plot-weights.js';
export {
  type PlotConfusionOptions,
  type PlotHistoryOptions,
  type PlotOptions,
  plotConfusion,
  plotHistory,
  plotSweep,
} from './report/pictures/plots.js';
export { DivergedError, TrainingAbortedError } from './training/errors.js';
export type { TrainingHistory, TrainingProgress } from './training/history.js';
export type { TrainOptions } from './training/options.js';
export type { Dtype } from './training/settings.js';
export { type TrainingState, trainingState } from './training/state.js';
export type { RankedSettings, Spread } from './tune/ranking.js';
export { fingerprint, ResultsFile, type SavedSearch, type SearchHeader } from './tune/results-file.js';
export type { Search, SearchKind, SearchOptions } from './tune/search.js';
export type { Choices, Range, ResolvedSpace, SearchSpace, TrialSettingName, TrialSettings } from './tune/settings.js';
export {
  type BestTrial,
  SweepAbortedError,
  type SweepData,
  type SweepOptions,
  type SweepResults,
  sweep,
} from './tune/sweep.js';
export type { RunningTrial, SweepProgress } from './tune/sweep-progress.js';
export type { Trial, TrialResult } from './tune/trial.js';
export type { ErrorCode } from './validation/errors.js';
export type { LabelsInput, NumberArray, RowsInput } from './validation/inputs.js';
