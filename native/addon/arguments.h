// Unpacks the objects of binding.d.ts into the engine's views, and refuses everything that does not fit. The messages
// are for callers of the binding itself; src/ checks a user's arguments before they come here.
#pragma once

#include <napi.h>

#include <cstdint>

#include "../engine/core/parameters.h"
#include "../engine/core/random_stream.h"
#include "../engine/core/rows.h"
#include "../engine/core/shape.h"
#include "../engine/training/train.h"
#include "argument.h"

namespace two_layer_net::addon {

// The arrays behind `parameters` or `gradients`, as JavaScript holds them.
template <class T>
struct ParameterArrays {
  Napi::TypedArrayOf<T> W1, b1, W2, b2;

  ParameterArrays(const Argument& arrays, const Shape& shape);
  Parameters<T> view() const;
};

// A net without its parameters.
struct NetArguments {
  explicit NetArguments(const Argument& net);

  Shape shape;
  Products products;
  bool bfloat16;
  int threads;
};

// Whether a net computes in float64: its W1 is a Float64Array.
bool is_double(const Argument& net);

// Nothing is copied: the view is valid while the arrays live and their buffers are not transferred.
Rows rows_of(const Argument& rows, int D);

// The labels of `data` for its `count` rows, each checked to be a class.
const int32_t* labels_of(const Argument& data, size_t count, int C);

GeneratorState generator_of(const Argument& random);

// `call.settings`, by the names in step/settings.h.
TrainingSettings settings_of(const Argument& settings);

// A function, or an empty value for null.
Napi::Function report_of(const Argument& report);

}  // namespace two_layer_net::addon
