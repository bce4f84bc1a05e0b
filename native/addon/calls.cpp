#include "calls.h"

#include <cmath>
#include <string>

#include "../engine/blas/blas.h"
#include "../engine/core/array_math.h"
#include "../engine/core/float_environment.h"
#include "../engine/inference/inference.h"
#include "../engine/layers/scores.h"
#include "../engine/simd/bfloat16/bfloat16.h"
#include "../engine/simd/kernels/kernels.h"
#include "../engine/simd/peak.h"
#include "../engine/training/loss.h"
#include "arguments.h"
#include "mapped_buffer.h"
#include "normal_draws.h"
#include "prepared_net.h"
#include "training_job.h"

namespace two_layer_net::addon {
namespace {

template <class T>
Napi::Value first_non_finite_as(const Napi::CallbackInfo& call) {
  Napi::TypedArrayOf<T> values = call[0].As<Napi::TypedArrayOf<T>>();
  const size_t size = values.ElementLength(), index = two_layer_net::first_non_finite<T>(size, values.Data());
  return Napi::Number::New(call.Env(), index == size ? -1.0 : static_cast<double>(index));
}

template <class T>
Napi::Value softmax_as(const Argument& scores, size_t C) {
  Napi::TypedArrayOf<T> values = scores.value().As<Napi::TypedArrayOf<T>>();
  const size_t size = values.ElementLength();
  if (size % C != 0) scores.refuse_value("rows of " + std::to_string(C) + " elements");
  const DefaultFloatEnvironment environment;
  two_layer_net::softmax<T>(size / C, static_cast<int>(C), values.Data());
  return scores.env().Undefined();
}

template <class T>
Napi::Value scores_as(const Argument& net_argument, const Argument& rows_argument, const Argument& scores) {
  const NetArguments net(net_argument);
  const ParameterArrays<T> parameters(net_argument["parameters"], net.shape);
  const Rows rows = rows_of(rows_argument, net.shape.D);
  Napi::TypedArrayOf<T> out = scores.array<T>(rows.count * net.shape.C);
  const SingleThreadedBlas hold;
  ThreadTeam team(useful_threads(net.shape, rows.count, net.threads));
  compute_scores<T>(net.shape, parameters.view(), rows, team, out.Data(), net.products);
  return scores.env().Undefined();
}

template <class T>
Napi::Value predict_as(const Argument& net_argument, const Argument& rows_argument, const Argument& classes) {
  const NetArguments net(net_argument);
  const ParameterArrays<T> parameters(net_argument["parameters"], net.shape);
  const Rows rows = rows_of(rows_argument, net.shape.D);
  Napi::Int32Array out = classes.array<int32_t>(rows.count);
  const SingleThreadedBlas hold;
  ThreadTeam team(useful_threads(net.shape, rows.count, net.threads));
  const int64_t bad = two_layer_net::predict<T>(net.shape, parameters.view(), rows, team, out.Data(), net.products);
  return Napi::Number::New(classes.env(), static_cast<double>(bad));
}

template <class T>
Napi::Value loss_and_gradients_as(const Argument& net_argument, const Argument& data, const Argument& reg,
                                  const Argument& gradients) {
  const NetArguments net(net_argument);
  const ParameterArrays<T> parameters(net_argument["parameters"], net.shape);
  const Rows rows = rows_of(data["rows"], net.shape.D);
  const int32_t* labels = labels_of(data, rows.count, net.shape.C);
  const double strength = reg.number();
  const ParameterArrays<T> out(gradients, net.shape);
  const SingleThreadedBlas hold;
  ThreadTeam team(useful_threads(net.shape, rows.count, net.threads));
  const double loss = two_layer_net::loss_and_gradients<T>(net.shape, parameters.view(), rows, labels, strength, team,
                                                           out.view(), net.products);
  return Napi::Number::New(reg.env(), loss);
}

Arithmetic arithmetic_of(const Argument& dtype) {
  static constexpr const char* kExpected = "'float32', 'float64' or 'bfloat16'";
  const std::string name = dtype.string(kExpected);
  if (name == "float64") return Arithmetic::kFloat64;
  if (name == "bfloat16") return Arithmetic::kBfloat16;
  if (name != "float32") dtype.refuse_value(kExpected);
  return Arithmetic::kFloat32;
}

}  // namespace

Napi::Value info(const Napi::CallbackInfo& call) {
  const BlasInfo blas = blas_info();
  Napi::Object object = Napi::Object::New(call.Env());
  object.Set("blas", blas.name);
  object.Set("blasCore", blas.core);
  object.Set("blasCoreReason", blas.core_reason);
  object.Set("blasCoreOlder", blas.core_older);
  object.Set("simdTarget", simd_kernels<float>() ? simd_kernels<float>()->target : "none");
  object.Set("bfloat16", has_bfloat16());
  return object;
}

Napi::Value peak(const Napi::CallbackInfo& call) {
  const Arithmetic arithmetic = arithmetic_of({call[0], "dtype"});
  const int threads = Argument(call[1], "threads").integer(1);
  const Argument seconds(call[2], "seconds");
  // An infinite measurement would never end.
  if (!(std::isfinite(seconds.number()) && seconds.number() >= 0)) {
    seconds.refuse_value("a finite number of at least 0");
  }
  return Napi::Number::New(call.Env(), two_layer_net::peak(arithmetic, threads, seconds.number()));
}

Napi::Value first_non_finite(const Napi::CallbackInfo& call) {
  return Argument(call[0], "values").is_double() ? first_non_finite_as<double>(call) : first_non_finite_as<float>(call);
}

Napi::Value softmax(const Napi::CallbackInfo& call) {
  const Argument scores(call[0], "scores");
  const bool is_double = scores.is_double();
  const size_t C = Argument(call[1], "numClasses").integer(1);
  return is_double ? softmax_as<double>(scores, C) : softmax_as<float>(scores, C);
}

Napi::Value map_file(const Napi::CallbackInfo& info) { return map_file(Argument(info[0], "call")); }

Napi::Value unmap_file(const Napi::CallbackInfo& info) {
  unmap_file(Argument(info[0], "buffer"));
  return info.Env().Undefined();
}

Napi::Value randn(const Napi::CallbackInfo& info) {
  const Argument call(info[0], "call");
  return call["draws"].is_double() ? draw_on_pool_thread<double>(call) : draw_on_pool_thread<float>(call);
}

Napi::Value randn_sync(const Napi::CallbackInfo& info) {
  const Argument call(info[0], "call");
  return call["draws"].is_double() ? draw_on_this_thread<double>(call) : draw_on_this_thread<float>(call);
}

Napi::Value scores(const Napi::CallbackInfo& call) {
  const Argument net(call[0], "net"), rows(call[1], "rows"), scores(call[2], "scores");
  return is_double(net) ? scores_as<double>(net, rows, scores) : scores_as<float>(net, rows, scores);
}

Napi::Value predict(const Napi::CallbackInfo& call) {
  const Argument net(call[0], "net"), rows(call[1], "rows"), classes(call[2], "classes");
  return is_double(net) ? predict_as<double>(net, rows, classes) : predict_as<float>(net, rows, classes);
}

Napi::Value prepare(const Napi::CallbackInfo& call) {
  const Argument net(call[0], "net"), rows(call[1], "rows"), mean(call[2], "mean");
  return is_double(net) ? prepare<double>(net, rows, mean) : prepare<float>(net, rows, mean);
}

Napi::Value loss_and_gradients(const Napi::CallbackInfo& call) {
  const Argument net(call[0], "net"), data(call[1], "data"), reg(call[2], "reg"), gradients(call[3], "gradients");
  return is_double(net) ? loss_and_gradients_as<double>(net, data, reg, gradients)
                        : loss_and_gradients_as<float>(net, data, reg, gradients);
}

Napi::Value train(const Napi::CallbackInfo& info) {
  const Argument call(info[0], "call"), report(info[1], "report");
  return is_double(call["net"]) ? train_on_new_thread<double>(call, report) : train_on_new_thread<float>(call, report);
}

Napi::Value train_sync(const Napi::CallbackInfo& info) {
  const Argument call(info[0], "call"), report(info[1], "report");
  return is_double(call["net"]) ? train_on_this_thread<double>(call, report)
                                : train_on_this_thread<float>(call, report);
}

}  // namespace two_layer_net::addon
