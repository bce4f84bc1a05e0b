// Runs a net on any number of rows with the BLAS, a block of rows at a time.
#pragma once

#include "../core/parameters.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../core/ranges.h"
#include "../core/thread_team.h"
#include "../simd/simd_inference.h"

namespace two_layer_net {

// Rows per block: large enough for the product to run at full speed, small enough that a block of 3072 floats per row
// (1.5 MB) fits in a core's cache.
inline constexpr int kBlasBlockRows = 128;

// As for_each_scored_block (simd/simd_inference.h).
template <class T>
void for_each_block_by_blas(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const Choice& choice,
                            ThreadTeam& team, const BlockCalls<T>& calls);

}  // namespace two_layer_net
