#include "prepared_net.h"

#include <algorithm>

#include "../core/float_environment.h"
#include "../layers/scores.h"
#include "../simd/forward_form.h"
#include "blas_inference.h"
#include "inference.h"

namespace two_layer_net {

// Packing a weight takes about as long as a multiplication.
int threads_to_prepare(const Shape& shape, int threads) {
  return useful_threads(static_cast<double>(shape.w1_size()), shape.D, threads);
}

template <class T>
PreparedNet<T>::PreparedNet(const Shape& shape, const Parameters<const T>& net, Products products, size_t rows,
                            ThreadTeam& team)
    : shape_(shape), parameters_(net) {
  if (simd_kernels_infer(products, shape, rows)) packed_.emplace(shape, net, rows, team);
}

template <class T>
PreparedNet<T> PreparedNet<T>::for_any_rows(const Shape& shape, const Parameters<const T>& net, Products products,
                                            ThreadTeam& team) {
  PreparedNet prepared(shape, net, products, kManyRows, team);
  if (prepared.packed_ && forward_form(shape, prepared.packed_->shape.tiles, 1) != prepared.packed_->shape.forward) {
    prepared.few_.emplace(shape, net, 1, team);
  }
  return prepared;
}

template <class T>
PreparedNet<T>::Packed::Packed(const Shape& shape, const Parameters<const T>& net, size_t rows, ThreadTeam& team)
    : kernels(*simd_kernels<T>()),
      shape(shape, kernels.tiles, sizeof(T), forward_form(shape, kernels.tiles, static_cast<int>(rows))),
      net(this->shape) {
  this->net.read(this->shape, kernels, net, team);
}

template <class T>
void PreparedNet<T>::own() {
  if (packed_ || owned_) return;
  owned_.emplace(shape_, parameters_);
  parameters_ = owned_->view();
}

template <class T>
int PreparedNet<T>::block_rows() const {
  return packed_ ? packed_->shape.block_rows : kBlasBlockRows;
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
int PreparedNet<T>::useful_threads(size_t N, int threads, bool awake) const {
  if (!packed_) return two_layer_net::useful_threads(shape_, N, threads);
  // Reading a weight from a cache that cores share takes as long as some multiplications by it. Threads share the rows
  // or, if there are too few, the hidden units.
  constexpr size_t kReading = 3;
  // To hand work to a thread that is awake takes so many times less than to wake it.
  constexpr double kAwake = 4;
  const double weights = static_cast<double>(shape_.w1_size() + shape_.w2_size());
  const double multiplications = static_cast<double>(std::max(N, kReading)) * weights;
  return two_layer_net::useful_threads(awake ? kAwake * multiplications : multiplications,
                                       static_cast<size_t>(threads), threads);
}

template <class T>
void PreparedNet<T>::for_each_block(const Pass& pass, const Choice& choice,
                                    const std::function<void(Range, const T* scores, int stride)>& use) const {
  const DefaultFloatEnvironment environment;
  const auto& [rows, of, team, memory, inputs] = pass;
  BlockCalls<T> calls{.look = {}, .use = use};
  if (inputs) calls.look = [inputs = inputs](Range block) { inputs->look(block); };
  if (!packed_) return for_each_block_by_blas<T>(shape_, parameters_, rows, choice, team, calls);
  const bool few = few_ && of < static_cast<size_t>(few_->shape.tiles.lanes);
  const Packed& packed = few ? *few_ : *packed_;
  for_each_scored_block<T>(packed.shape, packed.kernels, packed.net.view(), rows, choice, team,
                           few ? memory.few : memory.many, calls);
}

template <class T>
void PreparedNet<T>::scores(const Pass& pass, T* scores) const {
  const size_t C = shape_.C;
  for_each_block(pass, all_of(pass.rows), [&](Range block, const T* from, int stride) {
    for (int i = block.begin; i < block.end; i++, from += stride) std::copy_n(from, C, scores + i * C);
  });
}

template <class T>
int64_t PreparedNet<T>::predict(const Pass& pass, int32_t* classes) const {
  for_each_block(pass, all_of(pass.rows), [&](Range block, const T* scores, int stride) {
    for (int i = block.begin; i < block.end; i++, scores += stride) classes[i] = argmax(shape_.C, scores);
  });
  int32_t* end = classes + pass.rows.count;
  const int32_t* bad = std::find(classes, end, -1);
  if (bad == end) return -1;
  std::replace(classes, end, -1, 0);
  return bad - classes;
}

template class PreparedNet<float>;
template class PreparedNet<double>;

}  // namespace two_layer_net
