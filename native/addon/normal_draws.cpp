#include "normal_draws.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "../engine/core/normal_stream.h"
#include "arguments.h"

namespace two_layer_net::addon {
namespace {

NormalState normal_state_of(const Argument& random) {
  const NormalState state{generator_of(random), random["hasGauss"].boolean(), random["cachedGaussian"].number()};
  // The lower 31 bits of the first word never enter a new word.
  const uint32_t* key = state.generator.key;
  const bool zeros = key[0] < 0x80000000 && std::all_of(key + 1, key + GeneratorState::kWords,
                                                        [](uint32_t word) { return word == 0; });
  if (zeros) random["key"].refuse_value("a key that is not all 0", "zeros");
  return state;
}

// The arguments of one call. References keep the arrays from being garbage collected.
template <class T>
class NormalDraws {
 public:
  explicit NormalDraws(const Argument& call)
      : stream_(normal_state_of(call["random"])), scale_(call["scale"].number()) {
    Napi::TypedArrayOf<T> draws = call["draws"].value().As<Napi::TypedArrayOf<T>>();
    size_ = draws.ElementLength();
    draws_ = draws.Data();
    pinned_ = Napi::Persistent(static_cast<Napi::Object>(draws));
    key_ = Napi::Persistent(call["random"]["key"].object());
  }

  // May be called on any thread.
  void draw() { stream_.fill(size_, scale_, draws_); }

  // Writes the key and returns the rest of the state. Must be called on JavaScript's thread.
  Napi::Object finish(Napi::Env env) const {
    const NormalState state = stream_.state();
    Napi::Uint32Array key = Argument(key_.Value(), "call.random.key").array<uint32_t>(GeneratorState::kWords);
    std::copy_n(state.generator.key, GeneratorState::kWords, key.Data());
    Napi::Object place = Napi::Object::New(env);
    place.Set("position", state.generator.position);
    place.Set("hasGauss", state.has_waiting);
    place.Set("cachedGaussian", state.waiting);
    return place;
  }

 private:
  NormalStream stream_;
  double scale_;
  size_t size_;
  T* draws_;
  Napi::ObjectReference pinned_, key_;
};

// Deletes itself when it has settled its promise. If the process ends before that, Node waits until Execute() returns.
template <class T>
class DrawingWorker : public Napi::AsyncWorker {
 public:
  DrawingWorker(Napi::Env env, NormalDraws<T>&& draws)
      : AsyncWorker(env, "two-layer-net draws"),
        draws_(std::move(draws)),
        deferred_(Napi::Promise::Deferred::New(env)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override { draws_.draw(); }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  void OnOK() override {
    try {
      deferred_.Resolve(draws_.finish(Env()));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

 private:
  NormalDraws<T> draws_;
  Napi::Promise::Deferred deferred_;
};

}  // namespace

template <class T>
Napi::Object draw_on_this_thread(const Argument& call) {
  NormalDraws<T> draws(call);
  draws.draw();
  return draws.finish(call.env());
}

template <class T>
Napi::Promise draw_on_pool_thread(const Argument& call) {
  auto worker = std::make_unique<DrawingWorker<T>>(call.env(), NormalDraws<T>(call));
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  worker.release();
  return promise;
}

template Napi::Object draw_on_this_thread<float>(const Argument&);
template Napi::Object draw_on_this_thread<double>(const Argument&);
template Napi::Promise draw_on_pool_thread<float>(const Argument&);
template Napi::Promise draw_on_pool_thread<double>(const Argument&);

}  // namespace two_layer_net::addon
