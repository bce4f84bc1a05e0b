// How the SIMD kernels lay out a net and a minibatch. kernels/kernels.h says what they compute.
//
// Both products of a step run along D: scores are dot products of rows of X with columns of W1, and the update adds
// multiples of rows of X to columns of W1. So W1 is kept as its transpose (H, D), lanes run over D in both, and no H
// needs padding to whole vectors. Rows are kept in groups, interleaved by vectors, so that a tile of either product
// reads and writes memory in one sequence:
//
//   W1  [chunk of D] [group of hidden units] [vector of the chunk] [unit of the group] [lane]
//   X   [chunk of D] [group of rows]         [vector of the chunk] [row of the group]  [lane]
//
// D is padded with zeros to whole pairs of vectors, H and N to whole groups.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../core/processor.h"
#include "../core/ranges.h"
#include "../core/shape.h"

namespace two_layer_net {

// The tile sizes of one SIMD target's kernels.
struct Tiles {
  int lanes;         // L, numbers in a vector
  int x_rows;        // rows of X in a group
  int w_rows;        // hidden units in a group
  int panel_groups;  // groups of hidden units in a panel, which one tile of the update covers

  int panel_units() const { return panel_groups * w_rows; }
  // Numbers in a tile of scores of one group of rows and one of hidden units, (x_rows, w_rows), padded to vectors.
  int tile_size() const { return round_up(x_rows * w_rows, lanes); }

  // The value is at most kMostSize and a few multiples.
  static int round_up(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }
};

// How the forward product of the first layer is computed.
enum class Forward {
  kDot,    // dot products, with lanes over D
  kOuter,  // outer products, with rows in lanes
};

// Sizes and offsets, in numbers, of all that a net and its minibatches are laid out in.
class PackedShape {
 public:
  PackedShape(const Shape& shape, const Tiles& tiles, size_t bytes_per_number, Forward forward = Forward::kDot)
      : shape(shape),
        forward(forward),
        tiles(tiles),
        w_groups(groups(shape.H, tiles.w_rows)),
        panels(groups(w_groups, tiles.panel_groups)),
        // The last group's row of a tile is stored as whole vectors, which may run over; the last panel is read whole.
        hidden_stride(Tiles::round_up(std::max(w_groups * tiles.w_rows + tiles.lanes, panels * tiles.panel_units()),
                                      tiles.lanes)),
        score_stride(Tiles::round_up(shape.C, tiles.lanes)),
        update_rows(kUpdateBytes / static_cast<int>(2 * tiles.lanes * bytes_per_number)) {
    // The results depend on the chunks, so they are the same on all processors. With dot products, a group of rows of
    // one chunk and one of hidden units fit in the first-level cache together, 2 · 5 · 4096 bytes on a core that has
    // 48 KiB; measured on Zen 5, half of it costs 4 % in sums over lanes. With rows in lanes, a panel of rows does:
    // 16 KB with AVX2, 32 KB with AVX-512. The number is even, so that two threads can each keep theirs from the
    // forward pass to the update.
    const size_t chunk_bytes = forward == Forward::kDot ? 4096 : kOuterChunkBytes;
    const int block = 2 * tiles.lanes;
    const int blocks = (shape.D + block - 1) / block;
    int count = static_cast<int>((blocks * block * bytes_per_number + chunk_bytes - 1) / chunk_bytes);
    if (count > 1) count = (count + 1) / 2 * 2;
    for (int i = 0; i < count; i++) {
      const auto bound = [&](int j) { return static_cast<int>(static_cast<int64_t>(blocks) * j / count) * block; };
      chunks.push_back({bound(i), bound(i + 1)});
    }
    // The results do not depend on the blocks. W1 shares the second-level cache with rows of X.
    const size_t cache = second_level_cache();
    const size_t w_bytes = forward == Forward::kDot ? std::min<size_t>(cache / 2, 384 * 1024) : cache / 4;
    const size_t group_bytes = static_cast<size_t>(widest_chunk()) * tiles.w_rows * bytes_per_number;
    w_blocks = cut(w_groups, static_cast<int>(std::max<size_t>(w_bytes / group_bytes, 1)));
    const auto panels_in = [&](size_t bytes) {
      const size_t panel_bytes = update_rows * tiles.panel_units() * bytes_per_number;
      return static_cast<int>(std::max<size_t>(bytes * 3 / 8 / panel_bytes, 1));
    };
    panel_blocks = cut(panels, panels_in(cache));
    // Several pairs share what a unit brings to the caches, if it must bring it more than once. The results depend on
    // the units, so the largest cache decides on all processors.
    update_pairs = panels > panels_in(kMostSecondLevelCache) ? kMaxUpdatePairs : 1;
    const size_t block_panels = std::clamp<size_t>(cache / 2 / kOuterChunkBytes / panel_rows(), 1,
                                                   kMaxBlockRows / panel_rows());
    block_rows = forward == Forward::kDot ? kBlockGroups * tiles.x_rows : static_cast<int>(block_panels) * panel_rows();
  }

  // Groups of rows that pass by a block of W1 together: their part of one chunk, 8 · 5 rows of 4 KB at most, stays in
  // the second-level cache beside it, and W1 is read once for as many rows.
  static constexpr int kBlockGroups = 8;

  static constexpr int kMaxUpdatePairs = 4;

  int x_groups(int n) const { return groups(n, tiles.x_rows); }

  // With rows in lanes: rows in a panel, panels of n rows, and numbers in a panel's tiles.
  int panel_rows() const { return 2 * tiles.lanes; }
  int x_panels(int n) const { return groups(n, panel_rows()); }
  size_t panel_tiles() const { return static_cast<size_t>(w_groups) * tiles.w_rows * panel_rows(); }

  // Numbers in one part's tiles of n rows, and in their hidden activations. Both have whole groups of rows; with rows
  // in lanes, whole panels.
  size_t tiles_size(int n) const {
    if (forward == Forward::kOuter) return x_panels(n) * panel_tiles();
    return static_cast<size_t>(x_groups(n)) * w_groups * tiles.tile_size();
  }
  size_t hidden_size(int n) const {
    const int rows = x_groups(n) * tiles.x_rows;
    return static_cast<size_t>(forward == Forward::kOuter ? std::max(rows, x_panels(n) * panel_rows()) : rows) *
           hidden_stride;
  }

  int widest_chunk() const {
    int widest = 0;
    for (const Range chunk : chunks) widest = std::max(widest, chunk.size());
    return widest;
  }

  // The chunks of one part of the sum over D, of `parts`.
  Range chunks_of(int part, int parts) const { return part_of(static_cast<int>(chunks.size()), part, parts); }

  int D_padded() const { return chunks.back().end; }
  size_t w1_size() const { return static_cast<size_t>(D_padded()) * w_groups * tiles.w_rows; }
  size_t w1_offset(int chunk, int group) const { return offset(chunk, group, w_groups, tiles.w_rows); }
  size_t x_offset(int chunk, int group, int groups_of_x) const {
    return offset(chunk, group, groups_of_x, tiles.x_rows);
  }
  // In rows that are kept for the update (PackedBatch), of n rows.
  size_t kept_offset(int chunk, int column, int n) const {
    return static_cast<size_t>(chunks[chunk].begin + column) * n;
  }

  const Shape shape;
  const Forward forward;
  const Tiles tiles;
  const int w_groups;       // of hidden units
  const int panels;         // of hidden units
  const int hidden_stride;  // of rows of hidden activations, and of W2's columns
  const int score_stride;   // of rows of scores, and of W2's rows
  // Rows in a block of the update, at most: two vectors of columns of them stay in the first-level cache. The results
  // depend on it.
  const int update_rows;
  std::vector<Range> chunks;  // of the padded D; bounds are multiples of two vectors
  // Groups of hidden units whose part of a chunk stays in the second-level cache while rows of X pass by.
  std::vector<Range> w_blocks;
  // Rows whose part of a chunk stays in the second-level cache while blocks of W1 pass by. Inference takes so many at a
  // time. With dot products, it is kBlockGroups groups.
  int block_rows = 0;
  int update_pairs = 1;  // pairs of vectors of columns in a unit of the update, at most
  // Panels whose part of dhidden, for a block of rows, stays in the second-level cache while columns of X pass by.
  std::vector<Range> panel_blocks;

 private:
  static constexpr int kUpdateBytes = 26 * 1024;
  static constexpr size_t kOuterChunkBytes = 1024;  // of one row
  static constexpr int kMaxBlockRows = 256;

  static int groups(int total, int size) { return total / size + (total % size > 0 ? 1 : 0); }

  size_t offset(int chunk, int group, int groups_of_all, int rows) const {
    const auto [begin, end] = chunks[chunk];
    return (static_cast<size_t>(begin) * groups_of_all + static_cast<size_t>(end - begin) * group) * rows;
  }
};

}  // namespace two_layer_net
