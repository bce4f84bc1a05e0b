// The forward product of the first layer with rows in lanes (kernels/outer-inl.h), as training and inference share it.
#pragma once

#include <algorithm>
#include <cstddef>

#include "../step/profile.h"
#include "kernels/kernels.h"

namespace two_layer_net {

// Some panels of rows times some groups of hidden units, over one part's chunks of columns.
struct PanelUnit {
  int part;
  Range panels;
  Range w_groups;
};

// The part of one chunk in the unit's tiles, from its panels of gathered rows, X. `first`: whether the sum begins with
// this chunk.
template <class T>
void multiply_panels(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                     const PackedBatch<T>& batch, const PanelUnit& unit, int chunk, bool first, const T* X) {
  const int columns = shape.chunks[chunk].size(), panel_rows = shape.panel_rows();
  T* tiles = batch.tiles + static_cast<size_t>(unit.part) * batch.tile_groups * shape.panel_tiles();
  for (const Range block : shape.w_blocks) {
    const Range units = common(block, unit.w_groups);
    if (units.size() <= 0) continue;
    const size_t tiles_before = static_cast<size_t>(units.begin) * shape.tiles.w_rows * panel_rows;
    for (int panel = unit.panels.begin; panel < unit.panels.end; panel++) {
      kernels.forward_panel(X + static_cast<size_t>(panel - unit.panels.begin) * columns * panel_rows,
                            net.W1 + shape.w1_offset(chunk, units.begin), columns, units.size(),
                            std::min(panel_rows, batch.n - panel * panel_rows), !first,
                            tiles + panel * shape.panel_tiles() + tiles_before);
    }
  }
}

// Gathers the unit's rows into X, and computes its tiles. X has memory for one chunk of the panels. lap(&Profile::…)
// is called after each piece of work.
template <class T, class Lap>
void forward_panels(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                    const Rows& rows, const Choice& choice, const PackedBatch<T>& batch, const PanelUnit& unit, T* X,
                    const Lap& lap) {
  const Range chunks = shape.chunks_of(unit.part, batch.parts);
  for (int chunk = chunks.begin; chunk < chunks.end; chunk++) {
    const size_t panel_size = static_cast<size_t>(shape.chunks[chunk].size()) * shape.panel_rows();
    for (int panel = unit.panels.begin; panel < unit.panels.end; panel++) {
      kernels.gather_panel(shape, batch, rows, choice, chunk, panel, X + (panel - unit.panels.begin) * panel_size);
    }
    lap(&Profile::gather);
    multiply_panels(shape, kernels, net, batch, unit, chunk, chunk == chunks.begin, X);
    lap(&Profile::forward);
  }
}

}  // namespace two_layer_net
