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
  void own();

  const Shape& shape() const { return shape_; }

  // How many rows a part of a long pass should have: enough for full speed, few enough to take milliseconds and some
  // megabytes. A pass in such parts (the last one may be smaller) has the same result as in one, bit for bit.
  int part_rows() const;

  // Calls use(rows of the choice, their scores, numbers from one row of scores to the next) for each block of rows, on
  // the team.
  void for_each_block(const Rows& rows, const Choice& choice, ThreadTeam& team,
                      const std::function<void(Range, const T* scores, int stride)>& use) const;

  // As compute_scores and predict (inference.h).
  void scores(const Rows& rows, ThreadTeam& team, T* scores) const;
  int64_t predict(const Rows& rows, ThreadTeam& team, int32_t* classes) const;

 private:
  struct Packed {
    const Kernels<T>& kernels;
    PackedShape shape;
    PackedNetCopy<T> net;
  };

  int block_rows() const;

  Shape shape_;
  Parameters<const T> parameters_;  // for the BLAS
  std::optional<ParameterCopy<T>> owned_;
  std::optional<Packed> packed_;    // for the SIMD kernels
};

extern template class PreparedNet<float>;
extern template class PreparedNet<double>;

}  // namespace two_layer_net
