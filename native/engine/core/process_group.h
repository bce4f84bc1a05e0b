// Processes that train one net together, as what joins them describes them.
#pragma once

#include <cstddef>

namespace two_layer_net {

// What joins the processes. The engine does not know what carries the bytes: native/mpi fills this, and the tests have
// threads of one process. It is a plain structure, since it comes from another library. No function may fail: what
// cannot go on ends the process.
struct ProcessGroup {
  void* context;  // of the functions
  int rank;       // of this process, from 0
  int size;       // of the group
  // Each process gives `size` blocks of so many bytes, and takes the block with its own rank of each, by rank.
  void (*exchange)(void* context, const void* from, void* to, size_t bytes);
  // Each process gives one block, and takes those of all, by rank.
  void (*gather)(void* context, const void* from, void* to, size_t bytes);
};

}  // namespace two_layer_net
