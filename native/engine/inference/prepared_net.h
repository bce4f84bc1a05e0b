// A net that is ready for forward passes: its parameters in the layout of the products that compute them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "../core/parameters.h"
#include "../core/ranges.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../core/thread_team.h"
#include "../simd/packed_net.h"
#include "../simd/simd_inference.h"
#include "products.h"

namespace two_layer_net {

// How many threads are worth starting to prepare a net.
int threads_to_prepare(const Shape& shape, int threads);

template <class T>
class PreparedNet {
 public:
  // A net for forward passes over `rows` rows, on which the automatic choice of products depends. The SIMD kernels use
  // a packed copy of the parameters. The BLAS uses the arrays of `net` themselves: they must exist as long as this, or
  // until own() has copied them. The team only helps to make it.
  PreparedNet(const Shape& shape, const Parameters<const T>& net, Products products, size_t rows, ThreadTeam& team);
  // A net for passes over any number of rows. The products are those chosen for many rows. If few rows and many take
  // different forms of the forward product (simd/forward_form.h), it holds a packed copy for each.
  static PreparedNet for_any_rows(const Shape& shape, const Parameters<const T>& net, Products products,
                                  ThreadTeam& team);
  void own();

  const Shape& shape() const { return shape_; }

  // How many rows a part of a long pass should have: enough for full speed, few enough to take milliseconds and some
  // megabytes. A pass in such parts (the last one may be smaller) has the same result as in one, bit for bit.
  int part_rows() const;

  // How many of `threads` threads are worth having for one pass over N rows. If a pass has just ended, they are awake
  // and need not be woken.
  int useful_threads(size_t N, int threads, bool awake = false) const;

  // Memory for passes on one team at a time, which may be kept from one to the next.
  struct Memory {
    InferenceBuffers<T> many, few;
  };

  // A pass over some rows of `of` in all: a net for any number of rows chooses the form by that.
  struct Pass {
    const Rows& rows;
    size_t of;
    ThreadTeam& team;
    Memory& memory;
    NonFiniteSearch* inputs = nullptr;  // looks at each block of rows before it is used; null for none
  };

  // Calls use(rows of the choice, their scores, numbers from one row of scores to the next) for each block of rows, on
  // the team.
  void for_each_block(const Pass& pass, const Choice& choice,
                      const std::function<void(Range, const T* scores, int stride)>& use) const;

  // As compute_scores and predict (inference.h).
  void scores(const Pass& pass, T* scores) const;
  int64_t predict(const Pass& pass, int32_t* classes) const;

 private:
  struct Packed {
    Packed(const Shape& shape, const Parameters<const T>& net, size_t rows, ThreadTeam& team);

    const Kernels<T>& kernels;
    PackedShape shape;
    PackedNetCopy<T> net;
  };

  int block_rows() const;

  Shape shape_;
  Parameters<const T> parameters_;  // for the BLAS
  std::optional<ParameterCopy<T>> owned_;
  std::optional<Packed> packed_;    // for the SIMD kernels
  std::optional<Packed> few_;       // the same for fewer rows than a vector has lanes, if they take another form
};

extern template class PreparedNet<float>;
extern template class PreparedNet<double>;

}  // namespace two_layer_net
