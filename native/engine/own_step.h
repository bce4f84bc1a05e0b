// A step with the engine's own kernels (kernels/kernels.h).
#pragma once

#include <cstdint>
#include <vector>

#include "aligned_buffer.h"
#include "kernels/kernels.h"
#include "packed_net.h"
#include "step.h"

namespace two_layer_net {

template <class T>
class OwnStep : public Step<T> {
 public:
  OwnStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options);

  void read(const Parameters<const T>& net) override;
  void write(const Parameters<T>& net) const override;
  double forward_backward(const LabelledRows& data, const Choice& rows, const int32_t* upcoming, T scale,
                          ThreadTeam& team) override;
  void update(T keep, T rate, ThreadTeam& team) override;
  void add_gradients(const Parameters<T>& gradients, ThreadTeam& team) override;
  double sum_of_squares() const override { return squares_; }
  bool finite() const override;
  double accuracy(const LabelledRows& data, const Choice& rows, ThreadTeam& team) const override;
  void save(std::vector<T>& to) const override;
  void restore(const std::vector<T>& from) override;
  Profile profile() const override { return profile_; }

 private:
  // Two vectors of columns of W1.
  struct ColumnBlock {
    int chunk;
    int column;  // from the chunk's first on
  };

  void forward(const LabelledRows& data, const Choice& rows, ThreadTeam& team);
  void forward_unit(const LabelledRows& data, const Choice& rows, int slot, Range x_groups, int member);
  double head(T scale, ThreadTeam& team);
  double apply(Application<T> how, const PackedNet<T>& net, ThreadTeam& team);
  Ahead ahead_of(const ColumnBlock& block) const;
  bool timed(int member) const { return profiled_ && member == 0; }

  const Kernels<T>& kernels_;
  const PackedShape shape_;
  PackedNetCopy<T> net_;
  double squares_ = 0;
  const bool keeps_bytes_;  // the minibatch as bytes, not as an X
  const bool profiled_;
  std::vector<std::vector<Range>> w_blocks_;  // groups of hidden units, for each chunk
  std::vector<ColumnBlock> column_blocks_;
  AlignedBuffer<T> mean_, X_, tiles_, hidden_, scores_, dhidden_;
  AlignedBuffer<uint8_t> bytes_;
  std::vector<AlignedBuffer<T>> blocks_of_X_;  // one for each thread, where X_ is not kept
  std::vector<int32_t> labels_;
  std::vector<double> losses_;            // one for each group of rows
  std::vector<double> squares_W1_;        // one for each block of columns
  std::vector<const char*> rows_ahead_;   // that the next minibatch will take
  size_t row_bytes_per_column_ = 0;
  PackedBatch<T> batch_{};
  Profile profile_;
};

}  // namespace two_layer_net
