#include "prepared_net.h"

#include <algorithm>

#include "../core/float_environment.h"
#include "../layers/scores.h"
#include "../simd/forward_form.h"
#include "../simd/simd_inference.h"
#include "blas_inference.h"

namespace two_layer_net {

// Packing a weight takes about as long as a multiplication.
int threads_to_prepare(const Shape& shape, int threads) {
  return useful_threads(static_cast<double>(shape.w1_size()), shape.D, threads);
}

template <class T>
PreparedNet<T>::PreparedNet(const Shape& shape, const Parameters<const T>& net, Products products, size_t rows,
                            ThreadTeam& team)
    : shape_(shape), parameters_(net) {
  if (!simd_kernels_infer(products, shape, rows)) return;
  const Kernels<T>& kernels = *simd_kernels<T>();
  const Forward form = forward_form(shape, kernels.tiles, static_cast<int>(rows));
  const PackedShape packed_shape(shape, kernels.tiles, sizeof(T), form);
  packed_.emplace(kernels, packed_shape, PackedNetCopy<T>(packed_shape));
  packed_->net.read(packed_shape, kernels, net, team);
}

template <class T>
void PreparedNet<T>::own() {
  if (packed_ || owned_) return;
  owned_.emplace(shape_, parameters_);
  parameters_ = owned_->view();
}

template <class T>
int PreparedNet<T>::block_rows() const {
  return packed_ ? inference_block_rows(packed_->shape) : kBlasBlockRows;
}

template <class T>
int PreparedNet<T>::part_rows() const {
  // Multiplications that one core does in about 10 milliseconds, and bytes that it copies in less than one.
  constexpr double kMultiplications = 5e8, kBytes = 4e6;
  const double rows_by_work = kMultiplications / static_cast<double>(shape_.w1_size() + shape_.w2_size());
  const double rows_by_size = kBytes / static_cast<double>(sizeof(T)) / std::max(shape_.D, shape_.C);
  const double blocks = std::min(rows_by_work, rows_by_size) / block_rows();
  return std::max(1, static_cast<int>(blocks)) * block_rows();
}

template <class T>
void PreparedNet<T>::for_each_block(const Rows& rows, const Choice& choice, ThreadTeam& team,
                                    const std::function<void(Range, const T* scores, int stride)>& use) const {
  const DefaultFloatEnvironment environment;
  if (!packed_) return for_each_block_by_blas<T>(shape_, parameters_, rows, choice, team, use);
  for_each_scored_block<T>(packed_->shape, packed_->kernels, packed_->net.view(), rows, choice, team, use);
}

template <class T>
void PreparedNet<T>::scores(const Rows& rows, ThreadTeam& team, T* scores) const {
  const size_t C = shape_.C;
  for_each_block(rows, all_of(rows), team, [&](Range block, const T* from, int stride) {
    for (int i = block.begin; i < block.end; i++, from += stride) std::copy_n(from, C, scores + i * C);
  });
}

template <class T>
int64_t PreparedNet<T>::predict(const Rows& rows, ThreadTeam& team, int32_t* classes) const {
  for_each_block(rows, all_of(rows), team, [&](Range block, const T* scores, int stride) {
    for (int i = block.begin; i < block.end; i++, scores += stride) classes[i] = argmax(shape_.C, scores);
  });
  const int32_t* bad = std::find(classes, classes + rows.count, -1);
  if (bad == classes + rows.count) return -1;
  std::replace(classes, classes + rows.count, -1, 0);
  return bad - classes;
}

template class PreparedNet<float>;
template class PreparedNet<double>;

}  // namespace two_layer_net
