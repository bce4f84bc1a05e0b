#include "prepared_net.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../engine/blas/blas.h"
#include "../engine/core/array_math.h"
#include "../engine/inference/prepared_net.h"
#include "arguments.h"
#include "background_calls.h"

namespace two_layer_net::addon {
namespace {

// Rows in memory of their own.
class RowsCopy {
 public:
  RowsCopy(const Rows& rows, int D) : rows_(rows) {
    const size_t bytes = rows.count * D * rows.element_size();
    data_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
    std::copy_n(static_cast<const std::byte*>(rows.data), bytes, data_.get());
    rows_.data = data_.get();
    if (!rows.mean) return;
    mean_.assign(rows.mean, rows.mean + D);
    rows_.mean = mean_.data();
  }

  const Rows& view() const { return rows_; }

 private:
  Rows rows_;
  std::unique_ptr<std::byte[]> data_;
  std::vector<double> mean_;
};

// The index of the first NaN or infinity, or −1.
template <class T>
int64_t index_of_non_finite(const T* values, size_t size) {
  const size_t index = first_non_finite<T>(size, values);
  return index == size ? -1 : static_cast<int64_t>(index);
}

int64_t index_of_non_finite(const Rows& rows, int D) {
  const size_t size = rows.count * D;
  if (rows.element == Element::kUint8) return -1;
  if (rows.element == Element::kFloat32) return index_of_non_finite(static_cast<const float*>(rows.data), size);
  return index_of_non_finite(static_cast<const double*>(rows.data), size);
}

// A prediction whose results are numbers of type Out in a typed array.
template <class T, class Out>
class PredictionCall final : public BackgroundCall {
 public:
  PredictionCall(std::shared_ptr<const PreparedNet<T>> net, const Rows& rows, Napi::TypedArrayOf<Out> to)
      : BackgroundCall(to.Env()),
        net_(std::move(net)),
        rows_(rows, net_->shape().D),
        out_(to.ElementLength()),
        to_(Napi::Persistent(static_cast<Napi::Object>(to))) {}

  void work() override {
    const Rows& rows = rows_.view();
    bad_input_ = index_of_non_finite(rows, net_->shape().D);
    if (bad_input_ >= 0) return;
    const SingleThreadedBlas hold;
    ThreadTeam alone(1);
    if constexpr (std::is_same_v<Out, int32_t>) {
      bad_result_ = net_->predict(rows, alone, out_.data());
    } else {
      net_->scores(rows, alone, out_.data());
      bad_result_ = index_of_non_finite(out_.data(), out_.size());
    }
  }

  Napi::Value result(Napi::Env env) override {
    // Checked again, because it may have lost its memory.
    const bool classes = std::is_same_v<Out, int32_t>;
    const Argument to(to_.Value(), classes ? "classes" : "scores");
    Napi::TypedArrayOf<Out> array = to.template array<Out>(out_.size());
    if (bad_input_ < 0) std::copy(out_.begin(), out_.end(), array.Data());
    Napi::Object flaws = Napi::Object::New(env);
    flaws.Set("input", static_cast<double>(bad_input_));
    flaws.Set("result", static_cast<double>(bad_result_));
    return flaws;
  }

 private:
  const std::shared_ptr<const PreparedNet<T>> net_;
  const RowsCopy rows_;
  std::vector<Out> out_;
  const Napi::ObjectReference to_;
  int64_t bad_input_ = -1, bad_result_ = -1;
};

// What the functions of one object share.
template <class T>
class Prepared {
 public:
  Prepared(const NetArguments& net, const Parameters<const T>& parameters, size_t rows)
      : calls_(std::make_shared<BackgroundCalls>(net.threads)) {
    ThreadTeam team(threads_to_prepare(net.shape, net.threads));
    net_ = std::make_shared<PreparedNet<T>>(net.shape, parameters, net.products, rows, team);
    net_->own();
  }
  ~Prepared() { close(); }

  int part_rows() const { return net_->part_rows(); }

  Napi::Value scores(const Napi::CallbackInfo& info) {
    check_open(info.Env());
    const Argument out(info[1], "scores");
    const Rows rows = rows_of({info[0], "rows"}, net_->shape().D);
    return start<T>(rows, out.array<T>(rows.count * net_->shape().C));
  }

  Napi::Value predict(const Napi::CallbackInfo& info) {
    check_open(info.Env());
    const Argument out(info[1], "classes");
    const Rows rows = rows_of({info[0], "rows"}, net_->shape().D);
    return start<int32_t>(rows, out.array<int32_t>(rows.count));
  }

  void close() {
    if (!net_) return;
    net_.reset();
    calls_->close();
  }

 private:
  void check_open(Napi::Env env) const {
    if (!net_) throw Napi::Error::New(env, "binding: the prepared net is closed");
  }

  template <class Out>
  Napi::Value start(const Rows& rows, Napi::TypedArrayOf<Out> to) {
    return calls_->start(to.Env(), std::make_unique<PredictionCall<T, Out>>(net_, rows, to));
  }

  std::shared_ptr<PreparedNet<T>> net_;  // empty when it is closed
  const std::shared_ptr<BackgroundCalls> calls_;
};

}  // namespace

template <class T>
Napi::Object prepare(const Argument& net_argument, const Argument& rows) {
  const NetArguments net(net_argument);
  const ParameterArrays<T> parameters(net_argument["parameters"], net.shape);
  const Napi::Env env = rows.env();
  const auto prepared = std::make_shared<Prepared<T>>(net, parameters.view(), rows.integer(1));
  using Info = Napi::CallbackInfo;
  Napi::Object object = Napi::Object::New(env);
  object.Set("partRows", prepared->part_rows());
  const auto set = [&](const char* name, auto call) { object.Set(name, Napi::Function::New(env, call, name)); };
  set("scoresAsync", [prepared](const Info& info) { return prepared->scores(info); });
  set("predictAsync", [prepared](const Info& info) { return prepared->predict(info); });
  set("close", [prepared](const Info&) { prepared->close(); });
  return object;
}

template Napi::Object prepare<float>(const Argument&, const Argument&);
template Napi::Object prepare<double>(const Argument&, const Argument&);

}  // namespace two_layer_net::addon
