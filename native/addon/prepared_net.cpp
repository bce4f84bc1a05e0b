#include "prepared_net.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "../engine/blas/blas.h"
#include "../engine/core/array_math.h"
#include "../engine/core/float_environment.h"
#include "../engine/core/thread_team.h"
#include "../engine/inference/inference.h"
#include "../engine/inference/prepared_net.h"
#include "../engine/layers/scores.h"
#include "arguments.h"
#include "background_calls.h"
#include "failure.h"

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

// What binding.d.ts calls flaws; −1 for none.
struct Flaws {
  int64_t input = -1, result = -1;

  Napi::Object object(Napi::Env env) const {
    Napi::Object flaws = Napi::Object::New(env);
    flaws.Set("input", static_cast<double>(input));
    flaws.Set("result", static_cast<double>(result));
    return flaws;
  }
};

// Writes scores (T), or classes (int32_t).
template <class T, class Out>
Flaws compute(const PreparedNet<T>& net, typename PreparedNet<T>::Pass pass, Out* out) {
  Flaws flaws;
  NonFiniteSearch inputs(pass.rows, net.shape().D);
  pass.inputs = &inputs;
  const SingleThreadedBlas hold;
  if constexpr (std::is_same_v<Out, int32_t>) {
    flaws.result = net.predict(pass, out);
  } else {
    net.scores(pass, out);
    flaws.result = index_of_non_finite(out, pass.rows.count * net.shape().C);
  }
  flaws.input = inputs.place();
  if (flaws.input >= 0) flaws.result = -1;  // the cause is what counts
  return flaws;
}

// A prediction whose results are numbers of type Out in a typed array.
template <class T, class Out>
class PredictionCall final : public BackgroundCall {
 public:
  PredictionCall(std::shared_ptr<const PreparedNet<T>> net, const Rows& rows, size_t of, Napi::TypedArrayOf<Out> to)
      : BackgroundCall(to.Env()),
        net_(std::move(net)),
        rows_(rows, net_->shape().D),
        of_(of),
        out_(to.ElementLength()),
        to_(Napi::Persistent(static_cast<Napi::Object>(to))) {}

  void work() override {
    ThreadTeam alone(1);
    typename PreparedNet<T>::Memory memory;
    flaws_ = compute<T>(*net_, {rows_.view(), of_, alone, memory}, out_.data());
  }

  Napi::Value result(Napi::Env env) override {
    // Checked again, because it may have lost its memory.
    const bool classes = std::is_same_v<Out, int32_t>;
    const Argument to(to_.Value(), classes ? "classes" : "scores");
    Napi::TypedArrayOf<Out> array = to.template array<Out>(out_.size());
    if (flaws_.input < 0) std::copy(out_.begin(), out_.end(), array.Data());
    return flaws_.object(env);
  }

 private:
  const std::shared_ptr<const PreparedNet<T>> net_;
  const RowsCopy rows_;
  const size_t of_;
  std::vector<Out> out_;
  const Napi::ObjectReference to_;
  Flaws flaws_;
};

// An array whose memory stays where it is as long as this exists.
template <class T>
class KeptArray {
 public:
  KeptArray(Napi::Env env, size_t size) : KeptArray(new_array<T>(env, size)) {}

  Napi::Value value() const { return array_.Value(); }
  T* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  explicit KeptArray(Napi::TypedArrayOf<T> array)
      : array_(Napi::Persistent(static_cast<Napi::Object>(array))), data_(array.Data()), size_(array.ElementLength()) {}

  Napi::ObjectReference array_;
  T* data_;
  size_t size_;
};

// What the functions of one object share.
template <class T>
class Prepared {
 public:
  Prepared(Napi::Env env, const NetArguments& net, const Parameters<const T>& parameters, std::optional<size_t> rows,
           const double* mean)
      : env_(env),
        threads_(net.threads),
        calls_(std::make_shared<BackgroundCalls>(net.threads)),
        row_(env, net.shape.D),
        row_scores_(env, net.shape.C),
        row_mean_(mean, mean ? mean + net.shape.D : nullptr) {
    ThreadTeam team(threads_to_prepare(net.shape, net.threads));
    net_ = std::make_shared<PreparedNet<T>>(
        rows ? PreparedNet<T>(net.shape, parameters, net.products, *rows, team)
             : PreparedNet<T>::for_any_rows(net.shape, parameters, net.products, team));
    net_->own();
    count_memory(1);
  }
  ~Prepared() { close(); }

  int part_rows() const { return net_->part_rows(); }
  Napi::Value row() const { return row_.value(); }
  Napi::Value row_scores() const { return row_scores_.value(); }

  Napi::Value softmax_row(const Napi::CallbackInfo& info) {
    const Napi::Value finite = score_row(info);
    if (!finite.As<Napi::Boolean>()) return finite;
    const DefaultFloatEnvironment environment;
    two_layer_net::softmax<T>(1, net_->shape().C, row_scores_.data());
    return finite;
  }

  Napi::Value score_row(const Napi::CallbackInfo& info) {
    check_open(info.Env());
    const double* mean = row_mean_.empty() ? nullptr : row_mean_.data();
    const Rows row{row_.data(), sizeof(T) == 4 ? Element::kFloat32 : Element::kFloat64, 1, mean};
    const Flaws flaws = compute<T>(*net_, {row, 1, team_for(1), row_memory_}, row_scores_.data());
    note_end(1);
    return Napi::Boolean::New(info.Env(), flaws.input < 0 && flaws.result < 0);
  }

  // With the scores (T) or classes (int32_t) of argument 0 in argument 1.
  template <class Out>
  Napi::Value predict(const Napi::CallbackInfo& info) {
    const auto [rows, out] = arguments<Out>(info);
    Out* to = Napi::TypedArrayOf<Out>(out).Data();
    const Flaws flaws = compute<T>(*net_, {rows, rows.count, team_for(rows.count), memory_}, to);
    note_end(rows.count);
    return flaws.object(info.Env());
  }

  template <class Out>
  Napi::Value predict_async(const Napi::CallbackInfo& info) {
    const auto [rows, out] = arguments<Out>(info);
    const size_t of = Argument(info[2], "of").integer(1);
    return calls_->start(info.Env(), std::make_unique<PredictionCall<T, Out>>(net_, rows, of, out));
  }

  void close() {
    if (!net_) return;
    count_memory(-1);
    net_.reset();
    team_.reset();
    memory_ = {};
    row_memory_ = {};
    calls_->close();
  }

 private:
  void check_open(Napi::Env env) const {
    if (!net_) throw Napi::Error::New(env, "binding: the prepared net is closed");
  }

  template <class Out>
  std::pair<Rows, Napi::TypedArrayOf<Out>> arguments(const Napi::CallbackInfo& info) const {
    check_open(info.Env());
    constexpr bool classes = std::is_same_v<Out, int32_t>;
    const Rows rows = rows_of({info[0], "rows"}, net_->shape().D);
    return {rows, Argument(info[1], classes ? "classes" : "scores")
                      .template array<Out>(rows.count * (classes ? 1 : net_->shape().C))};
  }

  // A team as large as is useful. Its threads sleep soon after a call, and the next one wakes all of them, so a larger
  // one is only made when there is a call for it.
  ThreadTeam& team_for(size_t rows) {
    const int useful_awake = net_->useful_threads(rows, threads_, true);
    if (useful_awake == 1) return alone_;
    const bool awake = Clock::now() - ended_ < Patience::kShort;
    const int useful = awake ? useful_awake : net_->useful_threads(rows, threads_);
    if (useful > team_threads_) {
      team_.reset();  // its threads end before others start
      team_ = std::make_unique<ThreadTeam>(useful, ThreadTeam::Lifetime::kKept);
      team_threads_ = useful;
    }
    return useful == 1 ? alone_ : *team_;
  }

  // Calls that follow each other closely keep the team awake.
  void note_end(size_t rows) {
    if (net_->useful_threads(rows, threads_, true) > 1) ended_ = Clock::now();
  }

  // Tells the garbage collector what an object that no one closes still holds.
  void count_memory(int sign) const {
    int64_t total;
    napi_adjust_external_memory(env_, sign * static_cast<int64_t>(net_->shape().size() * sizeof(T)), &total);
  }

  const Napi::Env env_;
  const int threads_;
  std::shared_ptr<PreparedNet<T>> net_;  // empty when it is closed
  const std::shared_ptr<BackgroundCalls> calls_;

  // Of synchronous calls.
  ThreadTeam alone_{1};
  std::unique_ptr<ThreadTeam> team_;
  int team_threads_ = 1;  // that team_ was to have
  using Clock = std::chrono::steady_clock;
  Clock::time_point ended_{};  // the last call that may have used it
  typename PreparedNet<T>::Memory memory_, row_memory_;

  const KeptArray<T> row_, row_scores_;
  const std::vector<double> row_mean_;
};

}  // namespace

template <class T>
Napi::Object prepare(const Argument& net_argument, const Argument& rows_argument, const Argument& mean_argument) {
  const NetArguments net(net_argument);
  const ParameterArrays<T> parameters(net_argument["parameters"], net.shape);
  const Napi::Env env = net_argument.env();
  std::optional<size_t> rows;
  if (!rows_argument.is_null()) rows = rows_argument.integer(1);
  const double* mean = mean_argument.is_null() ? nullptr : mean_argument.array<double>(net.shape.D).Data();
  const auto prepared = std::make_shared<Prepared<T>>(env, net, parameters.view(), rows, mean);
  using Info = Napi::CallbackInfo;
  Napi::Object object = Napi::Object::New(env);
  object.Set("partRows", prepared->part_rows());
  object.Set("row", prepared->row());
  object.Set("rowScores", prepared->row_scores());
  const auto set = [&](const char* name, auto call) {
    const auto coded = [name, call](const Info& info) {
      return with_codes(info.Env(), name, [&] { return call(info); });
    };
    object.Set(name, Napi::Function::New(env, coded, name));
  };
  set("scoreRow", [prepared](const Info& info) { return prepared->score_row(info); });
  set("softmaxRow", [prepared](const Info& info) { return prepared->softmax_row(info); });
  set("scores", [prepared](const Info& info) { return prepared->template predict<T>(info); });
  set("predict", [prepared](const Info& info) { return prepared->template predict<int32_t>(info); });
  set("scoresAsync", [prepared](const Info& info) { return prepared->template predict_async<T>(info); });
  set("predictAsync", [prepared](const Info& info) { return prepared->template predict_async<int32_t>(info); });
  set("close", [prepared](const Info&) { prepared->close(); });
  return object;
}

template Napi::Object prepare<float>(const Argument&, const Argument&, const Argument&);
template Napi::Object prepare<double>(const Argument&, const Argument&, const Argument&);

}  // namespace two_layer_net::addon
