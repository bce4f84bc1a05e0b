/** What users import in Node as in web pages. Entries add what only one of them has: src/index.ts, src/browser/. */
export type { ParameterArrays, Products, Reals } from '../binding.js';
export { type BackendChoice, type BackendInfo, type BackendName, backendInfo } from './backend/choose.js';
export type { ClassifierRows, ClassProbability } from './classifier/class-predictions.js';
export { Classifier, FitAbortedError } from './classifier/classifier.js';
export type { ClassifierPredictor } from './classifier/classifier-predictor.js';
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type FoldStatistics,
} from './classifier/cross-validate.js';
export type { EnsembleOptions } from './classifier/ensemble.js';
export type { FolderCheckpointOptions } from './classifier/kept-folder.js';
export type { AverageMetrics, ClassifierEvaluation, ClassMetrics } from './classifier/metrics.js';
export type { ClassifierOptions } from './classifier/options.js';
export type { PartialFitOptions } from './classifier/partial-fit.js';
export type { ClassifierHistory } from './classifier/parts.js';
export type { Scaler } from './classifier/scaler.js';
export {
  type ClassifierSweep,
  type ClassifierSweepOptions,
  sweepClassifier,
} from './classifier/sweep-classifier.js';
export { Dataset, type DatasetInput, type Fitted, type ImageShape } from './data/dataset.js';
export { datasetFromRecords } from './data/dataset-from-records.js';
export { describeDataset } from './data/describe/describe-dataset.js';
export type {
  ClassDescription,
  ColumnDescription,
  DatasetDescription,
  NumberRange,
} from './data/describe/description.js';
export type { Cifar10Dataset } from './data/formats/cifar10-dataset.js';
export type { DatasetFormatId, LoadRowsOptions, UnlabelledRows } from './data/formats/format.js';
export type { Label } from './data/labels.js';
export { Matrix, type MatrixData, type MatrixOptions } from './data/matrix.js';
export type { DatasetPart, Labels, PartInput, PartName } from './data/part.js';
export type { PictureSize } from './data/pictures/picture-size.js';
export type { SplitOptions, SplitSizes } from './data/split.js';
export { type SyntheticOptions, syntheticCifar10 } from './data/synthetic/synthetic.js';
export type { CategoryColumn, Column, NumberColumn } from './data/tables/column.js';
export type { MissingRule } from './data/tables/column-scan.js';
export type { DelimitedOptions, Delimiter } from './data/tables/delimited-text.js';
export { encodeRows, type TableRow } from './data/tables/encode-rows.js';
export type { TableOptions } from './data/tables/load-table.js';
export type { Records } from './data/tables/record-source.js';
export type { ColumnOptions } from './data/tables/table-scan.js';
export { modelBytes } from './model/model.js';
export type { LabelType, LayoutOptions, Model, ModelExtras, ModelHistory, SaveOptions } from './model/model-types.js';
export type { AsyncOptions } from './net/async-prediction.js';
export { type Evaluation, evaluate, evaluateAsync } from './net/evaluation.js';
export { type GradientCheckOptions, type GradientErrors, gradientCheck } from './net/gradient-check.js';
export type { ComputeOptions, PredictionOptions, TwoLayerNetOptions } from './net/options.js';
export type { LossAndGradients } from './net/prediction.js';
export type { PredictionRows, Predictor } from './net/predictor.js';
export { restoreTraining } from './net/restore-training.js';
export type { LayerSummary, NetSummary } from './net/summary.js';
export type { DatasetArguments, RowsArguments } from './net/training-arguments.js';
export { TwoLayerNet } from './net/two-layer-net.js';
export { RandomState, type RandomStateSnapshot, type RandomStateSnapshotInput } from './random/random-state.js';
export { Picture } from './report/pictures/picture.js';
export {
  type Architecture,
  type PlotArchitectureOptions,
  plotArchitecture,
} from './report/pictures/plot-architecture.js';
export type { PlotOptions } from './report/pictures/plot-options.js';
export { type PlotPicturesOptions, plotPictures } from './report/pictures/plot-pictures.js';
export { type PlotWeightsOptions, plotWeights, type WeightsOwner } from './report/pictures/plot-weights.js';
export {
  type PlotConfusionOptions,
  type PlotHistoryOptions,
  plotConfusion,
  plotHistory,
  plotSweep,
} from './report/pictures/plots.js';
export type { TrainingCallbacks } from './training/callbacks.js';
export { DivergedError, TrainingAbortedError } from './training/errors.js';
export type { EpochMetrics, TrainingHistory, TrainingProgress } from './training/history.js';
export type { TrainOptions } from './training/options.js';
export type { Schedule, ScheduleFunction, ScheduleOptions } from './training/schedule.js';
export type {
  ClassWeighting,
  Dtype,
  Init,
  Monitor,
  Optimizer,
  Sampling,
  ScheduleKind,
} from './training/settings.js';
export { type TrainingState, trainingState } from './training/state.js';
export type { TrainingWarning, TrainingWarningCode } from './training/warnings/warning.js';
export type { ClassWeights, SampleWeights } from './training/weights.js';
export type { TrialExecutor, TrialRunner, TrialWork } from './tune/executor.js';
export type { RankedSettings, Spread } from './tune/ranking.js';
export type { Search, SearchKind, SearchOptions } from './tune/search.js';
export type { Choices, Range, ResolvedSpace, SearchSpace, TrialSettingName, TrialSettings } from './tune/settings.js';
export { type SweepOptions, sweep } from './tune/sweep.js';
export type { RunningTrial, SweepProgress } from './tune/sweep-progress.js';
export { type BestTrial, SweepAbortedError, type SweepResults } from './tune/sweep-results.js';
export type { Trial, TrialResult } from './tune/trial.js';
export type { ErrorCode } from './validation/errors.js';
export type { MatrixRows, RowsInput } from './validation/inputs.js';
export type { LabelsInput } from './validation/labels.js';
export type { NumberArray } from './validation/typed-arrays.js';
