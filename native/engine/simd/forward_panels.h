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

// Gathers the unit's rows into X, and computes its tiles. X has memory for one chunk of the panels. lap(&Profile::…)
// is called after each piece of work.
template <class T, class Lap>
void forward_panels(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                    const Rows& rows, const Choice& choice, const PackedBatch<T>& batch, const PanelUnit& unit, T* X,
                    const Lap& lap) {
  const int panel_rows = shape.panel_rows();
  T* tiles = batch.tiles + static_cast<size_t>(unit.part) * batch.tile_groups * shape.panel_tiles();
  const Range chunks = shape.chunks_of(unit.part, batch.parts);
  for (int chunk = chunks.begin; chunk < chunks.end; chunk++) {
    const int columns = shape.chunks[chunk].size();
    const auto X_of = [&](int panel) {
      return X + static_cast<size_t>(panel - unit.panels.begin) * columns * panel_rows;
    };
    for (int panel = unit.panels.begin; panel < unit.panels.end; panel++) {
      kernels.gather_panel(shape, batch, rows, choice, chunk, panel, X_of(panel));
    }
    lap(&Profile::gather);
    for (const Range block : shape.w_blocks) {
      const Range units = common(block, unit.w_groups);
      if (units.size() <= 0) continue;
      const size_t tiles_before = static_cast<size_t>(units.begin) * shape.tiles.w_rows * panel_rows;
      for (int panel = unit.panels.begin; panel < unit.panels.end; panel++) {
        kernels.forward_panel(X_of(panel), net.W1 + shape.w1_offset(chunk, units.begin), columns, units.size(),
                              std::min(panel_rows, batch.n - panel * panel_rows), chunk > chunks.begin,
                              tiles + panel * shape.panel_tiles() + tiles_before);
      }
    }
    lap(&Profile::forward);
  }
}

}  // namespace two_layer_net
