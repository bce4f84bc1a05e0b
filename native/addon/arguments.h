// Converts the objects of binding.d.ts to the engine's views and rejects invalid ones. The error messages are for
// direct callers of the binding; src/ checks a user's arguments before calling it.
#pragma once

#include <napi.h>

#include <cstdint>
#include <vector>

#include "../engine/core/parameters.h"
#include "../engine/core/random_stream.h"
#include "../engine/core/rows.h"
#include "../engine/core/shape.h"
#include "../engine/training/train.h"
#include "argument.h"

namespace two_layer_net::addon {

// The JavaScript arrays of `parameters` or `gradients`.
template <class T>
struct ParameterArrays {
  Napi::TypedArrayOf<T> W1, b1, W2, b2;

  ParameterArrays(const Argument& arrays, const Shape& shape);
  Parameters<T> view() const;
};

// A net except for its parameters.
struct NetArguments {
  explicit NetArguments(const Argument& net);

  Shape shape;
  Products products;
  bool bfloat16;
  // No more than processors: others would only wait for one. No result depends on it.
  int threads;
};

// Whether a net uses float64, which means that its W1 is a Float64Array.
bool is_double(const Argument& net);

// Nothing is copied. The view is valid while the arrays exist and their buffers are not transferred.
Rows rows_of(const Argument& rows, int D);

// The `count` labels of `data`. Throws if one is not a valid class.
const int32_t* labels_of(const Argument& data, size_t count, int C);

GeneratorState generator_of(const Argument& random);

// Reads `call.settings`, using the names in step/settings.h.
TrainingSettings settings_of(const Argument& settings);

// A copy of a Float64Array of `count` numbers. Throws if one is not finite or below 0.
std::vector<double> nonnegative_numbers(const Argument& array, size_t count);

// `call.picture`; without sizes for null.
PictureShape picture_of(const Argument& call, const TrainingSettings& settings, int D);

// The function, or an empty value for null.
Napi::Function report_of(const Argument& report);

}  // namespace two_layer_net::addon
