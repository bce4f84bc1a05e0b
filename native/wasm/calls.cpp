// The calls of the module, apart from trainings. Every array in a call is in the module's memory.
#include <memory>

#include "../addon/contract.h"
#include "../engine/core/array_math.h"
#include "../engine/core/thread_team.h"
#include "../engine/inference/inference.h"
#include "../engine/inference/prepared_net.h"
#include "../engine/simd/kernels/kernels.h"
#include "../engine/simd/peak.h"
#include "../engine/training/loss.h"
#include "call.h"
#include "host.h"
#include "waiting.h"

namespace two_layer_net {
namespace {

// A prepared net of either arithmetic. Predictions write what binding.d.ts calls flaws; `alone` are those on one
// thread, which may run beside each other.
class Prepared {
 public:
  virtual ~Prepared() = default;
  virtual int part_rows() const = 0;
  virtual void scores(Call& call, bool alone) = 0;
  virtual void predict(Call& call, bool alone) = 0;
};

template <class T>
class PreparedOf final : public Prepared {
 public:
  // `rows` is 0 for any number.
  PreparedOf(const NetCall& net, int rows, ThreadTeam&& team) : threads_(net.threads), net_(made(net, rows, team)) {}

  int part_rows() const override { return net_.part_rows(); }

  void scores(Call& call, bool alone) override {
    pass(call, alone, [&](const auto& of) {
      T* scores = call.address<T>();
      net_.scores(of, scores);
      const size_t size = of.rows.count * net_.shape().C, index = first_non_finite<T>(size, scores);
      return index == size ? -1.0 : static_cast<double>(index);
    });
  }
  void predict(Call& call, bool alone) override {
    pass(call, alone, [&](const auto& of) { return static_cast<double>(net_.predict(of, call.address<int32_t>())); });
  }

 private:
  static PreparedNet<T> made(const NetCall& net, int rows, ThreadTeam& team) {
    const auto parameters = net.parameters<const T>();
    if (rows > 0) return PreparedNet<T>(net.shape, parameters, Products::kSimd, rows, team);
    return PreparedNet<T>::for_any_rows(net.shape, parameters, Products::kSimd, team);
  }

  // `use` takes what is left of the call, and returns the first result that is not finite, or −1.
  template <class Use>
  void pass(Call& call, bool alone, const Use& use) {
    auto* flaws = call.address<double>();
    const Rows rows = call.rows();
    const auto of = static_cast<size_t>(call.number());
    ThreadTeam team(alone ? 1 : net_.useful_threads(rows.count, threads_));
    typename PreparedNet<T>::Memory own;
    NonFiniteSearch inputs(rows, net_.shape().D);
    const double result = use(typename PreparedNet<T>::Pass{rows, of, team, alone ? own : memory_, &inputs});
    flaws[0] = static_cast<double>(inputs.place());
    flaws[1] = flaws[0] < 0 ? result : -1;  // the cause is what counts
  }

  const int threads_;
  const PreparedNet<T> net_;
  typename PreparedNet<T>::Memory memory_;
};

template <class T>
double loss_of(const NetCall& net, Call& call) {
  const LabelledRows data = call.labelled_rows();
  const double reg = call.number();
  const Parameters<T> gradients = parameters_in(net.shape, call.address<T>());
  ThreadTeam team(useful_threads(net.shape, data.rows.count, net.threads));
  return loss_and_gradients<T>(net.shape, net.parameters<const T>(), data.rows, data.labels, reg, team, gradients,
                               Products::kSimd);
}

template <class T>
double accuracy_of(const NetCall& net, Call& call) {
  const LabelledRows data = call.labelled_rows();
  const auto first = static_cast<size_t>(call.integer());
  const Choice rows{nullptr, first, call.integer()};
  ThreadTeam team(useful_threads(net.shape, rows.n, net.threads));
  return evaluate<T>(net.shape, net.parameters<const T>(), data, rows, team, Products::kSimd).accuracy();
}

}  // namespace
}  // namespace two_layer_net

using namespace two_layer_net;

// To be called first on each thread that JavaScript gives work. `may_sleep`: whether it may.
TWO_LAYER_NET_EXPORT("begin") void exported_begin(bool may_sleep) {
  if (may_sleep) allow_sleep();
}

// Of binding.d.ts.
TWO_LAYER_NET_EXPORT("version") int exported_version() { return addon::kBindingVersion; }

// The instruction set of the kernels.
TWO_LAYER_NET_EXPORT("simdTarget") const char* exported_simdTarget() { return simd_kernels<float>()->target; }

// NetCall, rows of a prediction or 0.
TWO_LAYER_NET_EXPORT("prepare") Prepared* exported_prepare(const double* numbers) {
  Call call(numbers);
  const NetCall net(call);
  const int rows = call.integer(), threads = threads_to_prepare(net.shape, net.threads);
  if (net.is_double) return new PreparedOf<double>(net, rows, ThreadTeam(threads));
  return new PreparedOf<float>(net, rows, ThreadTeam(threads));
}

TWO_LAYER_NET_EXPORT("partRows") int exported_partRows(const Prepared* net) { return net->part_rows(); }

// Where two flaws are written, rows, how many rows the prediction has in all its calls, scores.
TWO_LAYER_NET_EXPORT("scores") void exported_scores(Prepared* net, const double* numbers, bool alone) {
  Call call(numbers);
  net->scores(call, alone);
}

// The same with classes.
TWO_LAYER_NET_EXPORT("predict") void exported_predict(Prepared* net, const double* numbers, bool alone) {
  Call call(numbers);
  net->predict(call, alone);
}

TWO_LAYER_NET_EXPORT("close") void exported_close(Prepared* net) { delete net; }

// NetCall, labelled rows, reg, gradients.
TWO_LAYER_NET_EXPORT("lossAndGradients") double exported_lossAndGradients(const double* numbers) {
  Call call(numbers);
  const NetCall net(call);
  return net.is_double ? loss_of<double>(net, call) : loss_of<float>(net, call);
}

// NetCall, labelled rows, the first row and how many. Returns the share of rows whose class is predicted right.
TWO_LAYER_NET_EXPORT("accuracy") double exported_accuracy(const double* numbers) {
  Call call(numbers);
  const NetCall net(call);
  return net.is_double ? accuracy_of<double>(net, call) : accuracy_of<float>(net, call);
}

TWO_LAYER_NET_EXPORT("peak") double exported_peak(bool is_double, int threads, double seconds) {
  return peak(is_double ? Arithmetic::kFloat64 : Arithmetic::kFloat32, threads, seconds);
}
