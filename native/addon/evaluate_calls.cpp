#include "evaluate_calls.h"

#include "../engine/blas/blas.h"
#include "../engine/inference/inference.h"
#include "../engine/layers/layers.h"
#include "../engine/training/loss.h"
#include "../engine/simd/peak.h"
#include "arguments.h"

namespace two_layer_net::addon {
namespace {

Napi::Object object_argument(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsObject()) throw Napi::TypeError::New(info.Env(), "binding: expected an object");
  return info[index].As<Napi::Object>();
}

template <class T>
Napi::Value first_non_finite_as(const Napi::CallbackInfo& info) {
  Napi::TypedArrayOf<T> values = info[0].As<Napi::TypedArrayOf<T>>();
  const size_t size = values.ElementLength(), index = two_layer_net::first_non_finite<T>(size, values.Data());
  return Napi::Number::New(info.Env(), index == size ? -1.0 : static_cast<double>(index));
}

template <class T>
Napi::Value scores_as(const Napi::CallbackInfo& info) {
  const Napi::Object net = object_argument(info, 0);
  const Shape shape = shape_of(net);
  const ParameterArrays<T> parameters(object_at(net, "parameters"), shape);
  const Rows rows = rows_of(object_argument(info, 1), shape.D);
  Napi::TypedArrayOf<T> out = array_of<T>(info[2], rows.count * shape.C, "scores");
  const SingleThreadedBlas hold;
  ThreadTeam team(useful_threads(shape, rows.count, threads_of(net)));
  compute_scores<T>(shape, parameters.view(), rows, team, out.Data(), products_of(net));
  return info.Env().Undefined();
}

template <class T>
Napi::Value predict_as(const Napi::CallbackInfo& info) {
  const Napi::Object net = object_argument(info, 0);
  const Shape shape = shape_of(net);
  const ParameterArrays<T> parameters(object_at(net, "parameters"), shape);
  const Rows rows = rows_of(object_argument(info, 1), shape.D);
  Napi::Int32Array classes = array_of<int32_t>(info[2], rows.count, "classes");
  const SingleThreadedBlas hold;
  ThreadTeam team(useful_threads(shape, rows.count, threads_of(net)));
  const int64_t bad = predict<T>(shape, parameters.view(), rows, team, classes.Data(), products_of(net));
  return Napi::Number::New(info.Env(), static_cast<double>(bad));
}

template <class T>
Napi::Value loss_and_gradients_as(const Napi::CallbackInfo& info) {
  const Napi::Object net = object_argument(info, 0);
  const Napi::Object data = object_argument(info, 1);
  const Shape shape = shape_of(net);
  const ParameterArrays<T> parameters(object_at(net, "parameters"), shape);
  const Rows rows = rows_of(object_at(data, "rows"), shape.D);
  const int32_t* labels = labels_of(data, rows.count, shape.C);
  const double reg = info[2].As<Napi::Number>().DoubleValue();
  const ParameterArrays<T> gradients(object_argument(info, 3), shape);
  const SingleThreadedBlas hold;
  ThreadTeam team(useful_threads(shape, rows.count, threads_of(net)));
  const double loss =
      loss_and_gradients<T>(shape, parameters.view(), rows, labels, reg, team, gradients.view(), products_of(net));
  return Napi::Number::New(info.Env(), loss);
}

}  // namespace

Napi::Value first_non_finite(const Napi::CallbackInfo& info) {
  return is_double(info.Env(), info[0]) ? first_non_finite_as<double>(info) : first_non_finite_as<float>(info);
}

Napi::Value peak(const Napi::CallbackInfo& info) {
  const std::string dtype = info[0].ToString();
  const Arithmetic arithmetic = dtype == "float64"    ? Arithmetic::kFloat64
                                : dtype == "bfloat16" ? Arithmetic::kBfloat16
                                                      : Arithmetic::kFloat32;
  const int threads = info[1].ToNumber();
  const double seconds = info[2].ToNumber();
  if (threads < 1) throw Napi::RangeError::New(info.Env(), "binding: expected at least 1 thread");
  return Napi::Number::New(info.Env(), two_layer_net::peak(arithmetic, threads, seconds));
}

Napi::Value scores(const Napi::CallbackInfo& info) {
  return net_is_double(object_argument(info, 0)) ? scores_as<double>(info) : scores_as<float>(info);
}

Napi::Value predict(const Napi::CallbackInfo& info) {
  return net_is_double(object_argument(info, 0)) ? predict_as<double>(info) : predict_as<float>(info);
}

Napi::Value loss_and_gradients(const Napi::CallbackInfo& info) {
  return net_is_double(object_argument(info, 0)) ? loss_and_gradients_as<double>(info)
                                             : loss_and_gradients_as<float>(info);
}

}  // namespace two_layer_net::addon
